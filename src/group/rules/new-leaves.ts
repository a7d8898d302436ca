import { readNamedKey } from '../../pki/named-key.ts';
import { type Bytes, equalConstantTime, toHex } from '../../protocol/bytes.ts';
import { GroupError } from '../codes.ts';
import { checkCredential, type FoundCertificate } from '../credential/check-credential.ts';
import { certificateKey } from '../credential/credential.ts';
import { checkLeafLifetime } from '../credential/key-package.ts';
import { credentialOf } from '../credential/members.ts';
import type { GroupMember } from '../descriptor/admins.ts';
import { checkLeafProfile } from '../profile/leaf.ts';
import type { Evidence } from './commit-change.ts';
import type { Outline, PlacedLeaf, Replacement } from './outline.ts';

/**
 * Checks the new leaves of a commit as far as they show without certificates (groups page, sections 1 to 3). Throws what `checkLeafProfile`
 * throws, `leaf_extension_not_allowed`, `key_package_lifetime`, `credential_purpose`, `agent_changed`, `agent_twice`.
 */
export function checkLeavesAlone({ staged, newLeaves, after, update, replaced }: Outline): void {
  for (const { leaf } of newLeaves) {
    checkLeafProfile(leaf);
    checkLeafLifetime(leaf, credentialOf(leaf));
    if (credentialOf(leaf).rejoins !== undefined && !mayRejoin(leaf, update, replaced)) {
      throw new GroupError('credential_purpose', 'A credential for a rejoin is in no rejoin.');
    }
  }
  if (staged.applied.joiners.some(({ keyPackage }) => keyPackage.extensions.length > 0)) {
    throw new GroupError('leaf_extension_not_allowed', 'A KeyPackage has an extension.');
  }
  if (update !== undefined && credentialOf(update.before).agentId !== credentialOf(update.after).agentId) {
    throw new GroupError('agent_changed', 'The committer’s new leaf names another agent.');
  }
  checkAgentsOnce(after.members);
}

/** True for the leaf that a rejoin brings, and for one that keeps the credential that it came back with. */
function mayRejoin(
  leaf: PlacedLeaf['leaf'],
  update: Replacement | undefined,
  replaced: readonly Replacement[],
): boolean {
  if (replaced.some(({ after }) => after === leaf)) return true;
  if (update?.after !== leaf) return false;
  const { credential } = update.before;
  return (
    credential.type === 'basic' &&
    leaf.credential.type === 'basic' &&
    equalConstantTime(credential.identity, leaf.credential.identity)
  );
}

/** Throws `agent_twice` when two leaves have one agent_id (groups page, section 2). Their keys `src/mls` compares. */
export function checkAgentsOnce(members: readonly GroupMember[]): void {
  if (new Set(members.map(({ agentId }) => agentId)).size < members.length) {
    throw new GroupError('agent_twice', 'Two leaves have one agent_id.');
  }
}

/** How many credentials are checked at once: when one is wrong, what comes behind has cost nothing yet. */
const checkedAtOnce = 16;

/** Checks leaves by their certificates, which are all there. Throws what `checkCredential` throws, for the first leaf that is not valid. */
export async function checkCredentials(
  leaves: readonly PlacedLeaf[],
  { certificates, authorities }: Pick<Evidence, 'certificates' | 'authorities'>,
): Promise<void> {
  const check = async ({ leaf }: PlacedLeaf): Promise<void> => {
    const credential = credentialOf(leaf);
    const certificate = certificates.get(certificateKey(credential)) ?? 'unknown';
    await checkCredential(credential, leaf.signatureKey, { certificate, authorities });
  };
  for (let first = 0; first < leaves.length; first += checkedAtOnce) {
    // All are waited for, so that every member names the same one.
    const results = await Promise.allSettled(leaves.slice(first, first + checkedAtOnce).map(check));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

/** Throws `signing_key_changed` unless a replacing leaf is vouched for by the RSA key of the leaf before (groups page, section 2). */
export function checkSameKey({ before, after }: Replacement, certificates: Evidence['certificates']): void {
  const [former, now] = [certificateKey(credentialOf(before)), certificateKey(credentialOf(after))];
  if (former === now) return;
  const [formerKey, key] = [spkiOf(certificates.get(former)), spkiOf(certificates.get(now))];
  if (formerKey === undefined || key === undefined || formerKey !== key) {
    throw new GroupError('signing_key_changed', 'Another RSA key vouches for the new leaf of a member.');
  }
}

function spkiOf(found: FoundCertificate | undefined): string | undefined {
  const spki: Bytes | undefined =
    found === undefined || found === 'unknown' ? undefined : readNamedKey(found)?.signingSpki;
  return spki && toHex(spki);
}
