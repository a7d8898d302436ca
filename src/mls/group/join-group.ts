import { type Bytes, equalBytes } from '../bytes.ts';
import { encode } from '../codec/writer.ts';
import type { CipherSuite, HpkeKeyPair } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { verifyGroupInfo } from '../framing/group-info-signature.ts';
import { openWelcome } from '../framing/welcome.ts';
import { type LeafIndex, maximumLeaves } from '../indices.ts';
import { extensionTypes, findExtension } from '../structures/extension.ts';
import type { GroupInfo } from '../structures/group-info.ts';
import type { KeyPackage } from '../structures/key-package.ts';
import { type LeafNode, writeLeafNode } from '../structures/leaf-node.ts';
import { decodeNodeList } from '../structures/node.ts';
import type { Welcome } from '../structures/welcome.ts';
import { joinedPrivateTree } from '../tree/join-tree.ts';
import { rulesOf } from '../tree/leaf-validation.ts';
import { treeFromNodes } from '../tree/node-list.ts';
import { deriveNodeSecret, type NodeSecret } from '../tree/private-tree.ts';
import { leafAt, membersOf, type RatchetTree, treeHash } from '../tree/ratchet-tree.ts';
import { validateTree } from '../tree/tree-validation.ts';
import type { GroupState } from './group-state.ts';
import { epochKeys } from './next-epoch.ts';
import type { KeyPackageSecrets } from './own-key-package.ts';
import { assertApplicationUse, type PreSharedKey, preSharedKeyOf } from './pre-shared-keys.ts';
import type { MlsTraceEvent } from './trace.ts';

/** What a client joins with. */
export interface Invitation {
  readonly welcome: Welcome;
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
  /** The tree, when it is not in the Welcome. */
  readonly ratchetTree?: Bytes;
  readonly preSharedKeys?: readonly PreSharedKey[];
  /** A group of more is refused before anything of its tree is computed. */
  readonly maximumMembers?: number;
}

/**
 * A group that one could join. Before it keeps `state` the caller looks at the members and the signer, and that it is in no group of this
 * id yet (RFC 9420, section 12.4.3).
 */
export interface JoinedGroup {
  readonly state: GroupState;
  readonly groupInfo: GroupInfo;
  /** Who made the Welcome. */
  readonly signer: LeafIndex;
  /** To be wiped after `state` is stored, with the KeyPackage's own secrets. */
  readonly consumed: readonly Bytes[];
  readonly trace: readonly MlsTraceEvent[];
}

/** The private keys of a KeyPackage. */
export interface KeyPackageKeys {
  readonly init: HpkeKeyPair;
  readonly leaf: NodeSecret;
  readonly signatureKey: CryptoKey;
}

/** Joins a group by a Welcome (RFC 9420, section 12.4.3.1). Throws a code for every check of that section. */
export async function joinGroup(suite: CipherSuite, invitation: Invitation): Promise<JoinedGroup> {
  const { initSecret, leafSecret, signatureKey } = invitation.secrets;
  const [init, leaf] = await Promise.all([
    suite.hpke.deriveKeyPair(initSecret),
    // The state has a copy: the KeyPackage's own is wiped once that is stored.
    deriveNodeSecret(suite, leafSecret.slice()),
  ]);
  return joinWithKeys(suite, { ...invitation, keys: { init, leaf, signatureKey } });
}

/** Joins as `joinGroup` does, with key pairs in place of the secrets that they derive from. */
export async function joinWithKeys(
  suite: CipherSuite,
  invitation: Omit<Invitation, 'secrets'> & { readonly keys: KeyPackageKeys },
): Promise<JoinedGroup> {
  const { welcome, keyPackage, keys: own } = invitation;
  const opened = await openWelcome(suite, {
    welcome,
    keyPackage,
    initKey: own.init,
    psks: (id) => {
      assertApplicationUse(id);
      return preSharedKeyOf(id, invitation.preSharedKeys ?? []);
    },
  });
  const { groupInfo, groupSecrets, pskSecret } = opened;
  const { groupContext } = groupInfo;
  const tree = await joinedTree(suite, invitation, groupInfo);
  await checkSigner(suite, tree, groupInfo);
  const ownLeaf = ownLeafIn(tree, keyPackage.leafNode);
  const keys = epochKeys(suite, { joinerSecret: groupSecrets.joinerSecret, pskSecret, context: groupContext, tree });
  if (!equalBytes(keys.confirmationTag, groupInfo.confirmationTag)) {
    throw new MlsError('invalid_confirmation_tag', 'The confirmation tag is not that of the epoch.');
  }
  const privateTree = await joinedPrivateTree(suite, {
    tree,
    leafIndex: ownLeaf,
    leafKey: own.leaf,
    signer: groupInfo.signer,
    pathSecret: groupSecrets.pathSecret,
  });
  const state: GroupState = {
    suite,
    context: groupContext,
    contextBytes: keys.contextBytes,
    interimTranscriptHash: keys.interimTranscriptHash,
    tree,
    ownLeaf,
    privateTree,
    signatureKey: own.signatureKey,
    secrets: keys.secrets,
    secretTree: keys.secretTree,
    proposals: [],
  };
  const { joinerSecret, pathSecret } = groupSecrets;
  return {
    state,
    groupInfo,
    signer: groupInfo.signer,
    consumed: [joinerSecret, pskSecret, keys.welcomeSecret, ...(pathSecret === undefined ? [] : [pathSecret])],
    trace: [keys.trace],
  };
}

async function joinedTree(
  suite: CipherSuite,
  invitation: Pick<Invitation, 'ratchetTree' | 'maximumMembers'>,
  info: GroupInfo,
): Promise<RatchetTree> {
  const data = findExtension(info.extensions, extensionTypes.ratchet_tree) ?? invitation.ratchetTree;
  if (data === undefined) throw new MlsError('tree_missing', 'No tree came with the Welcome.');
  const nodes = decodeNodeList(data);
  const members = nodes.filter((node) => node?.type === 'leaf').length;
  if (members > (invitation.maximumMembers ?? maximumLeaves)) {
    throw new MlsError('too_many_members', `The group has ${members} members.`);
  }
  const tree = treeFromNodes(nodes);
  if (!equalBytes(treeHash(suite, tree), info.groupContext.treeHash)) {
    throw new MlsError('wrong_tree_hash', 'The tree’s hash is not the one that the GroupContext names.');
  }
  await validateTree(suite, tree, info.groupContext.groupId, rulesOf(info.groupContext));
  return tree;
}

async function checkSigner(suite: CipherSuite, tree: RatchetTree, info: GroupInfo): Promise<void> {
  const signer = leafAt(tree, info.signer);
  if (signer === undefined) throw new MlsError('unknown_signer', 'The GroupInfo’s signer is no member.');
  if (!(await verifyGroupInfo(suite, info, signer.signatureKey))) {
    throw new MlsError('invalid_group_info_signature', 'The signature of the GroupInfo is not its signer’s.');
  }
}

function ownLeafIn(tree: RatchetTree, own: LeafNode): LeafIndex {
  const wanted = encode(writeLeafNode, own);
  for (const { leafIndex, leaf } of membersOf(tree)) {
    if (equalBytes(leaf.signature, own.signature) && equalBytes(encode(writeLeafNode, leaf), wanted)) return leafIndex;
  }
  throw new MlsError('own_leaf_missing', 'The tree has no leaf that is the KeyPackage’s.');
}
