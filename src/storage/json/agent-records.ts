import * as v from 'valibot';
import type { StoredIdentity, StoredVerification } from '../../agent/contracts/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { bytesBetween } from '../../protocol/wire/members.ts';
import { parsedRecord, recordToJson } from './record.ts';

/** An agent's identity without its private keys. */
export interface PublicIdentity extends Omit<StoredIdentity, 'signing' | 'encryption'> {
  readonly signingSpki: Bytes;
  readonly encryptionSpki: Bytes;
}

const bytes = bytesBetween(0, 16_384);
const keyHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const publicIdentity = v.object({
  agentId: v.string(),
  address: v.string(),
  createdAt: v.number(),
  usedAt: v.exactOptional(v.number()),
  signingSpki: bytes,
  encryptionSpki: bytes,
  registration: v.exactOptional(
    v.object({ certificates: v.object({ signing: bytes, encryption: bytes }), caCertificate: bytes }),
  ),
});
const verification = v.object({
  peerId: v.string(),
  keyHash,
  verifiedAt: v.number(),
  changed: v.exactOptional(v.object({ signingSpki: bytes, keyHash, seenAt: v.number() })),
});

/** An identity as JSON text. */
export function identityToJson(identity: PublicIdentity): string {
  return recordToJson(identity);
}

/** What `identityToJson` made. Throws `storage_failed` when it is none. */
export function identityFromJson(text: string): PublicIdentity {
  return parsedRecord(publicIdentity, text);
}

/** A verification as JSON text. */
export function verificationToJson(record: StoredVerification): string {
  return recordToJson(record);
}

/** What `verificationToJson` made. Throws `storage_failed` when it is none. */
export function verificationFromJson(text: string): StoredVerification {
  return parsedRecord(verification, text);
}
