import * as v from 'valibot';
import type { AgentRecord, PendingRegistration, StoredList } from '../../controller/store.ts';
import { agentId, bytesBetween } from '../../protocol/wire/members.ts';
import { parsedRecord, recordToJson } from './record.ts';

const bytes = bytesBetween(0, 1024 * 1024);

/** Why a certificate was revoked, as it is kept. */
export const revocationReason = v.picklist([
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
]);
const revocation = v.object({ at: v.number(), reason: revocationReason });
const agentRecord = v.object({
  agentId,
  address: v.string(),
  signingSpki: bytes,
  certificates: v.object({ signing: bytes, encryption: bytes }),
  issued: v.array(v.object({ serial: v.string(), notAfter: v.number(), revoked: v.exactOptional(revocation) })),
  revoked: v.exactOptional(revocation),
  deletedAt: v.exactOptional(v.number()),
});
const pendingRegistration = v.object({
  id: v.string(),
  keyId: v.string(),
  agentId,
  address: v.string(),
  signingSpki: bytes,
  encryptionSpki: bytes,
  responseHash: bytes,
  expiresAt: v.number(),
});
const storedList = v.object({ number: v.number(), der: bytes, thisUpdate: v.number(), nextUpdate: v.number() });

/** A record of the Controller as JSON text; bytes are base64. */
export function toJson(record: AgentRecord | PendingRegistration | StoredList): string {
  return recordToJson(record);
}

/** What `toJson` made of an agent. Throws `storage_failed` when it is not one. */
export function agentFromJson(text: string): AgentRecord {
  return parsedRecord(agentRecord, text);
}

/** What `toJson` made of a pending registration. Throws `storage_failed` when it is not one. */
export function registrationFromJson(text: string): PendingRegistration {
  return parsedRecord(pendingRegistration, text);
}

/** What `toJson` made of a revocation list. Throws `storage_failed` when it is not one. */
export function listFromJson(text: string): StoredList {
  return parsedRecord(storedList, text);
}
