import type { LeafIndex } from '../../mls/indices.ts';
import { toLeafIndex } from '../../mls/indices.ts';
import type { GroupInfo } from '../../mls/structures/group-info.ts';
import { leafAt, membersOf, type RatchetTree } from '../../mls/tree/ratchet-tree.ts';
import { toHex } from '../../protocol/bytes.ts';
import { type GroupCode, GroupError } from '../codes.ts';
import { checkLeafLifetime } from '../credential/key-package.ts';
import { credentialOf, membersIn } from '../credential/members.ts';
import { adminsOf, type GroupMember } from '../descriptor/admins.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { checkGroupInfo } from '../profile/group-context.ts';
import { checkLeafProfile } from '../profile/leaf.ts';
import type { Evidence, NeedsCertificates } from './commit-change.ts';
import { certificatesOfTree } from './needed.ts';
import { checkAgentsOnce, checkCredentials } from './new-leaves.ts';

/** What a joiner finds of the group that a Welcome is for. */
export type TreeVerdict =
  | { readonly valid: true; readonly descriptor: Descriptor; readonly members: readonly GroupMember[] }
  | { readonly valid: false; readonly code: GroupCode }
  | NeedsCertificates;

/**
 * Judges the group of a Welcome that `joinGroup` has let pass: its GroupInfo and every leaf (groups page, sections 1, 2 and 5), as `judgeCommit`
 * judges the leaves that a commit brings. Whom it came from is for `mayInvite`.
 */
export async function judgeTree(
  info: GroupInfo,
  tree: RatchetTree,
  evidence: Pick<Evidence, 'authorities' | 'certificates'>,
): Promise<TreeVerdict> {
  try {
    return await judged(info, tree, evidence);
  } catch (error) {
    if (error instanceof GroupError) return { valid: false, code: error.code };
    throw error;
  }
}

async function judged(
  info: GroupInfo,
  tree: RatchetTree,
  evidence: Pick<Evidence, 'authorities' | 'certificates'>,
): Promise<TreeVerdict> {
  const descriptor = checkGroupInfo(info);
  const groupId = toHex(info.groupContext.groupId);
  const leaves = membersOf(tree);
  for (const { leaf } of leaves) {
    checkLeafProfile(leaf);
    const credential = credentialOf(leaf);
    checkLeafLifetime(leaf, credential);
    if (credential.rejoins !== undefined && credential.rejoins !== groupId) {
      throw new GroupError('credential_purpose', 'A credential was made to come back to another group.');
    }
    if (descriptor.kind === 'direct' && !descriptor.admins.includes(credential.agentId)) {
      throw new GroupError('not_of_direct_group', 'A direct group has no leaf of a third agent.');
    }
  }
  const members = membersIn(tree);
  checkAgentsOnce(members);
  const missing = certificatesOfTree(tree).filter((key) => !evidence.certificates.has(key));
  if (missing.length > 0) return { needs: 'certificates', missing };
  await checkCredentials(leaves, evidence);
  return { valid: true, descriptor, members };
}

/**
 * True when the signer of a Welcome may have added its joiners (groups page, sections 2 and 5). When no admin of the descriptor is a member,
 * it is who had the lowest leaf before the commit: leaves below it that have never committed may be joiners of the same commit.
 */
export function mayInvite(descriptor: Descriptor, tree: RatchetTree, signer: LeafIndex, joiner: LeafIndex): boolean {
  const members = membersIn(tree).filter(({ leaf }) => leaf !== joiner);
  const inviter = members.find(({ leaf }) => leaf === signer);
  if (inviter === undefined) return false;
  if (members.some(({ agentId }) => descriptor.admins.includes(agentId))) {
    return adminsOf(descriptor, members).includes(inviter.agentId);
  }
  return members.every(({ leaf }) => leaf >= signer || leafAt(tree, toLeafIndex(leaf))?.source.type === 'key_package');
}
