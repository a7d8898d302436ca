import * as v from 'valibot';
import type { AgentRecord, PendingRegistration, StoredList } from '../../controller/store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { agentId, bytesBetween } from '../../protocol/wire/members.ts';

const bytes = bytesBetween(0, 1024 * 1024);

const agentRecord = v.object({
  agentId,
  address: v.string(),
  signingSpki: bytes,
  certificates: v.object({ signing: bytes, encryption: bytes }),
  issued: v.array(v.object({ serial: v.string(), notAfter: v.number() })),
  revoked: v.exactOptional(
    v.object({
      at: v.number(),
      reason: v.picklist([
        'keyCompromise',
        'affiliationChanged',
        'superseded',
        'cessationOfOperation',
        'privilegeWithdrawn',
      ]),
    }),
  ),
});
const pendingRegistration = v.object({
  id: v.string(),
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
  return JSON.stringify(record, (_key, value: unknown) =>
    value instanceof Uint8Array ? encodeBase64(new Uint8Array(value)) : value,
  );
}

/** What `toJson` made of an agent. Throws `storage_failed` when it is not one. */
export function agentFromJson(text: string): AgentRecord {
  return parsed(agentRecord, text);
}

/** What `toJson` made of a pending registration. Throws `storage_failed` when it is not one. */
export function registrationFromJson(text: string): PendingRegistration {
  return parsed(pendingRegistration, text);
}

/** What `toJson` made of a revocation list. Throws `storage_failed` when it is not one. */
export function listFromJson(text: string): StoredList {
  return parsed(storedList, text);
}

function parsed<const Schema extends v.GenericSchema>(schema: Schema, text: string): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.', { cause });
  }
}
