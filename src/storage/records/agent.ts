import * as v from 'valibot';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import type { SeenNonce, StoredRegistration, StoredVerification } from '../../agent/contracts/ports.ts';
import type { StoredFloor, StoredRequest } from '../../agent/contracts/request-store.ts';
import type { BytesSchema } from './bytes.ts';

const keyHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Version 1 of the Controller's word in an identity. None of these schemas is ever changed: what comes next has the next version. */
export const registrationV1 = (bytes: BytesSchema) =>
  v.object({ certificates: v.object({ signing: bytes, encryption: bytes }), caCertificate: bytes });
/** Version 1 of the mark on a peer's key. */
export const verificationV1 = (bytes: BytesSchema) =>
  v.object({
    peerId: v.string(),
    keyHash,
    verifiedAt: v.number(),
    changed: v.exactOptional(v.object({ signingSpki: bytes, keyHash, seenAt: v.number() })),
  });
/** Version 1 of a nonce that was seen. */
export const nonceV1 = v.object({ key: v.string(), seenAt: v.number() });
/** Version 1 of a request that ran. */
export const requestV1 = v.object({
  number: v.number(),
  peer: v.string(),
  tag: v.string(),
  at: v.number(),
  sentAt: v.exactOptional(v.number()),
});
/** Version 1 of the time below which the requests of a peer are forgotten. */
export const requestFloorV1 = v.object({ peer: v.string(), sentAt: v.number() });

type RegistrationV1 = v.InferOutput<ReturnType<typeof registrationV1>>;
type VerificationV1 = v.InferOutput<ReturnType<typeof verificationV1>>;

/** Returns what is stored of the Controller's word. */
export function toRegistrationV1({ certificates, caCertificate, ...undecided }: StoredRegistration): RegistrationV1 {
  undecided satisfies NoMembers;
  const { signing, encryption, ...undecidedOfPair } = certificates;
  undecidedOfPair satisfies NoMembers;
  return { certificates: { signing, encryption }, caCertificate };
}

/** Returns what is stored of the mark on a peer's key. */
export function toVerificationV1(verification: StoredVerification): VerificationV1 {
  const { peerId, keyHash, verifiedAt, changed, ...undecided } = verification;
  undecided satisfies NoMembers;
  return { peerId, keyHash, verifiedAt, ...(changed === undefined ? {} : { changed: toChangedKeyV1(changed) }) };
}

function toChangedKeyV1({
  signingSpki,
  keyHash,
  seenAt,
  ...undecided
}: NonNullable<StoredVerification['changed']>): NonNullable<VerificationV1['changed']> {
  undecided satisfies NoMembers;
  return { signingSpki, keyHash, seenAt };
}

/** Returns what is stored of a nonce. */
export function toNonceV1({ key, seenAt, ...undecided }: SeenNonce): v.InferOutput<typeof nonceV1> {
  undecided satisfies NoMembers;
  return { key, seenAt };
}

/** Returns what is stored of a request that ran. */
export function toRequestV1(request: StoredRequest): v.InferOutput<typeof requestV1> {
  const { number, peer, tag, at, sentAt, ...undecided } = request;
  undecided satisfies NoMembers;
  return { number, peer, tag, at, ...(sentAt === undefined ? {} : { sentAt }) };
}

/** Returns what is stored of a floor. */
export function toRequestFloorV1({ peer, sentAt, ...undecided }: StoredFloor): v.InferOutput<typeof requestFloorV1> {
  undecided satisfies NoMembers;
  return { peer, sentAt };
}
