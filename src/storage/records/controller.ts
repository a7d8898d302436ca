import * as v from 'valibot';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import type {
  AgentRecord,
  IssuedCertificate,
  PendingRegistration,
  StoredCertificate,
  StoredList,
  StoredToken,
} from '../../controller/store.ts';
import { agentId } from '../../protocol/wire/members.ts';
import type { BytesSchema } from './bytes.ts';

/** Why a certificate was revoked, as it is stored. */
export const revocationReasonV1 = v.picklist([
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
]);
const revocationV1 = v.object({ at: v.number(), reason: revocationReasonV1 });

/** Version 1 of an agent's record at the Controller. None of these schemas is ever changed: what comes next has the next version. */
export const agentRecordV1 = (bytes: BytesSchema) =>
  v.object({
    agentId,
    address: v.string(),
    signingSpki: bytes,
    certificates: v.object({ signing: bytes, encryption: bytes }),
    issued: v.array(v.object({ serial: v.string(), notAfter: v.number(), revoked: v.exactOptional(revocationV1) })),
    revoked: v.exactOptional(revocationV1),
    deletedAt: v.exactOptional(v.number()),
  });
/** Version 1 of a registration under way. */
export const pendingRegistrationV1 = (bytes: BytesSchema) =>
  v.object({
    id: v.string(),
    keyId: v.string(),
    agentId,
    address: v.string(),
    signingSpki: bytes,
    encryptionSpki: bytes,
    responseHash: bytes,
    expiresAt: v.number(),
  });
/** Version 1 of a signed CRL. */
export const revocationListV1 = (bytes: BytesSchema) =>
  v.object({ number: v.number(), der: bytes, thisUpdate: v.number(), nextUpdate: v.number() });
/** Version 1 of a certificate that was issued once. */
export const issuedDerV1 = (bytes: BytesSchema) => v.object({ hash: v.string(), der: bytes });

/** Version 1 of the operator's registration tokens: all of them. */
export const tokensV1 = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    hash: v.string(),
    madeAt: v.number(),
    expiresAt: v.exactOptional(v.number()),
    uses: v.exactOptional(v.number()),
    used: v.number(),
    usedBy: v.array(v.string()),
  }),
);

export type AgentRecordV1 = v.InferOutput<ReturnType<typeof agentRecordV1>>;
export type PendingRegistrationV1 = v.InferOutput<ReturnType<typeof pendingRegistrationV1>>;
export type RevocationListV1 = v.InferOutput<ReturnType<typeof revocationListV1>>;
export type IssuedDerV1 = v.InferOutput<ReturnType<typeof issuedDerV1>>;
export type TokensV1 = v.InferOutput<typeof tokensV1>;
type RevocationV1 = v.InferOutput<typeof revocationV1>;

/** Returns what is stored of an agent's record. */
export function toAgentRecordV1(record: AgentRecord): AgentRecordV1 {
  const { agentId, address, signingSpki, certificates, issued, revoked, deletedAt, ...undecided } = record;
  undecided satisfies NoMembers;
  const { signing, encryption, ...undecidedOfPair } = certificates;
  undecidedOfPair satisfies NoMembers;
  return {
    agentId,
    address,
    signingSpki,
    certificates: { signing, encryption },
    issued: issued.map(toIssuedV1),
    ...(revoked === undefined ? {} : { revoked: toRevocationV1(revoked) }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}

function toIssuedV1({ serial, notAfter, revoked, ...undecided }: IssuedCertificate): AgentRecordV1['issued'][number] {
  undecided satisfies NoMembers;
  return { serial, notAfter, ...(revoked === undefined ? {} : { revoked: toRevocationV1(revoked) }) };
}

function toRevocationV1({ at, reason, ...undecided }: NonNullable<AgentRecord['revoked']>): RevocationV1 {
  undecided satisfies NoMembers;
  return { at, reason };
}

/** Returns what is stored of a registration under way. */
export function toPendingRegistrationV1(registration: PendingRegistration): PendingRegistrationV1 {
  const { id, keyId, agentId, address, signingSpki, encryptionSpki, responseHash, expiresAt, ...undecided } =
    registration;
  undecided satisfies NoMembers;
  return { id, keyId, agentId, address, signingSpki, encryptionSpki, responseHash, expiresAt };
}

/** Returns what is stored of a signed CRL. */
export function toRevocationListV1({ number, der, thisUpdate, nextUpdate, ...rest }: StoredList): RevocationListV1 {
  rest satisfies NoMembers;
  return { number, der, thisUpdate, nextUpdate };
}

/** Returns what is stored of a certificate. */
export function toIssuedDerV1({ hash, der, ...undecided }: StoredCertificate): IssuedDerV1 {
  undecided satisfies NoMembers;
  return { hash, der };
}

/** Returns what is stored of the operator's registration tokens. */
export function toTokensV1(tokens: readonly StoredToken[]): TokensV1 {
  return tokens.map(({ id, name, hash, madeAt, expiresAt, uses, used, usedBy, ...undecided }) => {
    undecided satisfies NoMembers;
    return {
      id,
      name,
      hash,
      madeAt,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(uses === undefined ? {} : { uses }),
      used,
      usedBy: [...usedBy],
    };
  });
}
