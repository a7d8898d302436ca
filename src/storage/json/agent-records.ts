import * as v from 'valibot';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import type { StoredIdentity, StoredVerification } from '../../agent/contracts/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { bytesBetween } from '../../protocol/wire/members.ts';
import { registrationV1, toRegistrationV1, toVerificationV1, verificationV1 } from '../records/agent.ts';
import { parsedRecord, recordToJson } from './record.ts';

/** An agent's identity without its private keys. */
export interface PublicIdentity extends Omit<StoredIdentity, 'signing' | 'encryption'> {
  readonly signingSpki: Bytes;
  readonly encryptionSpki: Bytes;
}

const bytes = bytesBetween(0, 16_384);

/** Version 1 of an identity whose private keys stand in a file beside it. */
const publicIdentityV1 = v.object({
  agentId: v.string(),
  address: v.string(),
  createdAt: v.number(),
  usedAt: v.exactOptional(v.number()),
  signingSpki: bytes,
  encryptionSpki: bytes,
  registration: v.exactOptional(registrationV1(bytes)),
});
const verification = verificationV1(bytes);

/** Returns an identity as JSON text. */
export function identityToJson(identity: PublicIdentity): string {
  return recordToJson(toPublicIdentityV1(identity));
}

function toPublicIdentityV1(identity: PublicIdentity): v.InferOutput<typeof publicIdentityV1> {
  const { agentId, address, createdAt, registration, usedAt, signingSpki, encryptionSpki, ...undecided } = identity;
  undecided satisfies NoMembers;
  return {
    agentId,
    address,
    createdAt,
    ...(registration === undefined ? {} : { registration: toRegistrationV1(registration) }),
    ...(usedAt === undefined ? {} : { usedAt }),
    signingSpki,
    encryptionSpki,
  };
}

/** Reads what `identityToJson` made. Throws `storage_failed` for anything else. */
export function identityFromJson(text: string): PublicIdentity {
  return parsedRecord(publicIdentityV1, text);
}

/** Returns a verification as JSON text. */
export function verificationToJson(record: StoredVerification): string {
  return recordToJson(toVerificationV1(record));
}

/** Reads what `verificationToJson` made. Throws `storage_failed` for anything else. */
export function verificationFromJson(text: string): StoredVerification {
  return parsedRecord(verification, text);
}
