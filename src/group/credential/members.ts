import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { membersOf, type RatchetTree } from '../../mls/tree/ratchet-tree.ts';
import { GroupError } from '../codes.ts';
import type { GroupMember } from '../descriptor/admins.ts';
import { type GroupCredential, parseCredential } from './credential.ts';

/** Leaves are values that trees share: each is read once. */
const read = new WeakMap<LeafNode, GroupCredential>();

/** Returns the credential of a leaf as it reads, unchecked. Throws `credential_not_basic` and what `parseCredential` throws. */
export function credentialOf(leaf: LeafNode): GroupCredential {
  const known = read.get(leaf);
  if (known !== undefined) return known;
  if (leaf.credential.type !== 'basic')
    throw new GroupError('credential_not_basic', 'A credential is not a basic one.');
  const credential = parseCredential(leaf.credential.identity);
  read.set(leaf, credential);
  return credential;
}

/** Returns the members of a tree by ascending leaf index. Throws what `credentialOf` throws. */
export function membersIn(tree: RatchetTree): readonly GroupMember[] {
  return membersOf(tree).map(({ leafIndex, leaf }) => ({ agentId: credentialOf(leaf).agentId, leaf: leafIndex }));
}
