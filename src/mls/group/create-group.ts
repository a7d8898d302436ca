import { type Bytes, noBytes } from '../bytes.ts';
import type { CipherSuite, RandomBytes } from '../crypto/cipher-suite.ts';
import { toLeafIndex } from '../indices.ts';
import type { Extension } from '../structures/extension.ts';
import type { GroupContext } from '../structures/group-context.ts';
import { joinedPrivateTree } from '../tree/join-tree.ts';
import { rulesOf } from '../tree/leaf-validation.ts';
import { deriveNodeSecret } from '../tree/private-tree.ts';
import { treeHash, treeOf } from '../tree/ratchet-tree.ts';
import { assertMembersFit } from '../tree/tree-validation.ts';
import type { GroupState } from './group-state.ts';
import { epochKeys } from './next-epoch.ts';
import { createLeaf, type LeafIdentity } from './own-key-package.ts';

/** Makes a group of one, in epoch 0 (RFC 9420, section 11). Throws what `assertLeafRules` throws. */
export async function createGroup(
  suite: CipherSuite,
  group: {
    readonly groupId: Bytes;
    readonly identity: LeafIdentity;
    readonly extensions: readonly Extension[];
    readonly random: RandomBytes;
  },
): Promise<GroupState> {
  const { leafNode, leafSecret } = await createLeaf(suite, group.identity, group.random);
  const tree = treeOf(leafNode);
  assertMembersFit(tree, rulesOf({ cipherSuite: suite.id, extensions: group.extensions }));
  const ownLeaf = toLeafIndex(0);
  const context: GroupContext = {
    cipherSuite: suite.id,
    groupId: group.groupId.slice(),
    epoch: 0n,
    treeHash: treeHash(suite, tree),
    confirmedTranscriptHash: noBytes,
    extensions: group.extensions,
  };
  const joinerSecret = group.random(suite.hashLength);
  const keys = epochKeys(suite, { joinerSecret, pskSecret: new Uint8Array(suite.hashLength), context, tree });
  joinerSecret.fill(0);
  const privateTree = await joinedPrivateTree(suite, {
    tree,
    leafIndex: ownLeaf,
    leafKey: await deriveNodeSecret(suite, leafSecret),
    signer: ownLeaf,
    pathSecret: undefined,
  });
  return {
    suite,
    context,
    contextBytes: keys.contextBytes,
    interimTranscriptHash: keys.interimTranscriptHash,
    tree,
    ownLeaf,
    privateTree,
    signatureKey: group.identity.signature.privateKey,
    secrets: keys.secrets,
    secretTree: keys.secretTree,
    proposals: [],
  };
}
