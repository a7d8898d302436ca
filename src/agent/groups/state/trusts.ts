import { GroupError } from '../../../group/codes.ts';
import { checkCertificate, type SigningCertificate } from '../../../group/credential/check-credential.ts';
import { certificateKey, type GroupCredential } from '../../../group/credential/credential.ts';
import { credentialOf } from '../../../group/credential/members.ts';
import { type CertificateStatus, trustOf } from '../../../group/credential/trust.ts';
import type { GroupMember } from '../../../group/member/group-member.ts';
import { membersOf } from '../../../mls/tree/ratchet-tree.ts';
import type { RevocationList } from '../../../pki/revocation-list.ts';
import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import type { MemberTrust } from '../../contracts/group-views.ts';
import type { StoredVerification } from '../../contracts/ports.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** What trust in members is judged by (groups page, section 2). */
export interface TrustsDeps {
  readonly evidence: Pick<Evidence, 'certificates'>;
  /** DER of every CA that was ever pinned here. */
  readonly authorities: readonly Bytes[];
  readonly revocations: { readonly current: RevocationList | undefined };
  readonly verified: { mark(peerId: string): StoredVerification | undefined };
  /** True when the directory has a valid certificate for this key of the agent; undefined while it cannot be asked. */
  hasValidCertificate(agentId: string, spki: Bytes): Promise<boolean | undefined>;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
}

/** Stands for a verified key that is another one than the certificate's. */
const anotherKey = new Uint8Array(0);

/** Returns whether this agent trusts each other member of a group, by agent_id. `unjudged` hears of a certificate that none of its Controllers stands for. */
export async function trustsIn(
  deps: TrustsDeps,
  member: GroupMember,
  unjudged: (agentId: string) => void,
): Promise<ReadonlyMap<string, MemberTrust>> {
  const credentials = membersOf(member.state.tree).map(({ leaf }) => credentialOf(leaf));
  const others = credentials.filter(({ agentId }) => agentId !== member.selfId);
  const found = await deps.evidence.certificates(others.map(certificateKey), member.epochBegan);
  const certificates = found.kind === 'found' ? found.value : new Map<string, Bytes | 'unknown'>();
  const trusts = await Promise.all(
    others.map(async (credential) => {
      const der = certificates.get(certificateKey(credential));
      return [credential.agentId, await trustIn(deps, credential, der, unjudged)] as const;
    }),
  );
  return new Map(trusts);
}

/**
 * Returns whether this agent trusts who shows a credential, by the certificate that it names: one that cannot be judged here any more, since
 * the Controller that issued it is not known, is `waiting`, and `unjudged` hears of it.
 */
export async function trustIn(
  deps: TrustsDeps,
  credential: GroupCredential,
  der: Bytes | 'unknown' | undefined,
  unjudged: (agentId: string) => void = () => undefined,
): Promise<MemberTrust> {
  const mark = deps.verified.mark(credential.agentId);
  if (mark?.changed !== undefined) return 'key_changed';
  const certificate = der === undefined || der === 'unknown' ? undefined : await judged(deps, credential, der);
  if (certificate === undefined && der !== undefined && der !== 'unknown') unjudged(credential.agentId);
  const status = certificate === undefined ? 'unknown' : statusOf(deps, certificate);
  const successor =
    certificate !== undefined && status === 'superseded'
      ? await deps.hasValidCertificate(credential.agentId, certificate.spki)
      : undefined;
  const verifiedKey = await verifiedKeyOf(deps, mark, certificate);
  return trustOf({
    now: unixSeconds(deps.environment),
    credential,
    certificate,
    status,
    ...(successor === undefined ? {} : { hasValidSuccessor: successor }),
    ...(verifiedKey === undefined ? {} : { verifiedKey }),
  });
}

async function judged(
  { authorities }: TrustsDeps,
  { certificate }: GroupCredential,
  der: Bytes,
): Promise<SigningCertificate | undefined> {
  try {
    return await checkCertificate(certificate, der, authorities);
  } catch (cause) {
    if (cause instanceof GroupError) return undefined;
    throw cause;
  }
}

function statusOf({ revocations, environment }: TrustsDeps, { serial }: SigningCertificate): CertificateStatus {
  const list = revocations.current;
  if (list === undefined) return 'unknown';
  if (list.lists(serial)) return list.supersedes(serial) ? 'superseded' : 'revoked';
  return unixSeconds(environment) > list.nextUpdate ? 'unknown' : 'good';
}

async function verifiedKeyOf(
  { environment }: TrustsDeps,
  mark: StoredVerification | undefined,
  certificate: SigningCertificate | undefined,
): Promise<Bytes | undefined> {
  if (mark === undefined || certificate === undefined) return undefined;
  const hash = toHex(await sha256(environment.subtle, certificate.spki));
  return hash === mark.keyHash ? certificate.spki : anotherKey;
}
