import type { StagedCommit } from '../../mls/group/stage-commit.ts';
import { readCertificateSerial } from '../../pki/certificate-serial.ts';
import { GroupError } from '../codes.ts';
import { certificateKey } from '../credential/credential.ts';
import { credentialOf } from '../credential/members.ts';
import type { CommitChange, Evidence, RevocationEvidence, Verdict } from './commit-change.ts';
import { checkDescriptorChange } from './descriptor-change.ts';
import { certificatesOf } from './needed.ts';
import { checkCredentials, checkLeavesAlone, checkSameKey } from './new-leaves.ts';
import { type Outline, outlineOf, type PlacedLeaf } from './outline.ts';
import { checkPermissions } from './permissions.ts';

/**
 * Judges a commit that `stageCommit` has let pass, by the groups page, sections 1, 2, 3 and 5: every member finds the same of the same log.
 * A commit that is not valid is skipped by all. Never throws what a commit holds: that is in the verdict.
 */
export async function judgeCommit(staged: StagedCommit, evidence: Evidence): Promise<Verdict> {
  try {
    return await judged(outlineOf(staged), evidence);
  } catch (error) {
    if (error instanceof GroupError) return { valid: false, code: error.code };
    throw error;
  }
}

async function judged(outline: Outline, evidence: Evidence): Promise<Verdict> {
  const { newLeaves, update, replaced, reason, removed, isAdmin } = outline;
  checkLeavesAlone(outline);
  checkDescriptorChange(outline);
  checkPermissions(outline, evidence.at);
  const missing = certificatesOf(outline).filter((key) => !evidence.certificates.has(key));
  if (missing.length > 0) return { needs: 'certificates', missing };
  await checkCredentials(newLeaves, evidence);
  for (const replacement of [...(update === undefined ? [] : [update]), ...replaced]) {
    checkSameKey(replacement, evidence.certificates);
  }
  if (reason === 'revoked' && !isAdmin) {
    const decides = (list: Pick<RevocationEvidence, 'revokedSince'>) => areRevoked(removed, list, evidence);
    const { revocations } = evidence;
    if (revocations === undefined || !decides(revocations)) {
      if (revocations?.isFinal !== true) return { needs: 'revocations', decides };
      throw new GroupError('not_revoked', 'The list does not have the member as revoked at that time.');
    }
  }
  return { valid: true, change: changeOf(outline) };
}

function areRevoked(
  removed: readonly PlacedLeaf[],
  list: Pick<RevocationEvidence, 'revokedSince'>,
  { at, certificates }: Evidence,
): boolean {
  return removed.every(({ leaf }) => {
    const certificate = certificates.get(certificateKey(credentialOf(leaf)));
    if (certificate === undefined || certificate === 'unknown') return false;
    const serial = readCertificateSerial(certificate);
    const since = serial === undefined ? undefined : list.revokedSince(serial);
    return since !== undefined && since <= at;
  });
}

function changeOf(outline: Outline): CommitChange {
  const { before, after, replaced, update, reason, isAdmin } = outline;
  const rejoined = replaced.map(({ after: leaf }) => credentialOf(leaf).agentId);
  const others = (leaves: readonly PlacedLeaf[]): readonly string[] =>
    leaves.map(({ leaf }) => credentialOf(leaf).agentId).filter((agentId) => !rejoined.includes(agentId));
  const { name, admins } = after.descriptor;
  return {
    by: outline.by,
    added: others(outline.added),
    removed: others(outline.removed),
    left: others(outline.left),
    rejoined,
    updated: update !== undefined,
    ...(name !== before.descriptor.name && { renamed: name }),
    ...(admins.join() !== before.descriptor.admins.join() && { admins }),
    ...(reason !== undefined && !isAdmin && { because: reason }),
    descriptor: after.descriptor,
    members: after.members,
    newLeaves: outline.newLeaves.map(({ leafIndex }) => leafIndex),
  };
}
