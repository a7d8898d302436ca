import type { Bytes } from '../bytes.ts';
import { encode } from '../codec/writer.ts';
import { signGroupInfo } from '../framing/group-info-signature.ts';
import { sealWelcome } from '../framing/welcome.ts';
import { epochKeys } from '../group/next-epoch.ts';
import { extensionTypes } from '../structures/extension.ts';
import type { GroupContext } from '../structures/group-context.ts';
import type { UnsignedGroupInfo } from '../structures/group-info.ts';
import type { KeyPackage } from '../structures/key-package.ts';
import { type NodeList, writeNodeList } from '../structures/node.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import type { Welcome } from '../structures/welcome.ts';
import { nodesOf, treeFromNodes } from '../tree/node-list.ts';
import { type RatchetTree, treeHash } from '../tree/ratchet-tree.ts';
import type { MadeCommit } from './forged-commit.ts';

/** What a hostile committer puts into a Welcome; the rest is as the commit makes it. */
export interface ForgedWelcome {
  /** Of the tree that the GroupContext names and the GroupInfo holds. */
  readonly nodes?: (nodes: NodeList) => NodeList;
  readonly context?: (context: GroupContext) => GroupContext;
  /** Changes the GroupInfo before it is signed. */
  readonly info?: (info: UnsignedGroupInfo) => UnsignedGroupInfo;
  readonly signatureKey?: CryptoKey;
  readonly pathSecret?: Bytes;
  readonly psks?: readonly PreSharedKeyId[];
}

/** Makes a Welcome of a commit for one KeyPackage: signed, and confirmed for the context that it holds. */
export async function forgeWelcome(
  { next, joinerSecret, pskSecret }: MadeCommit,
  keyPackage: KeyPackage,
  forged: ForgedWelcome = {},
): Promise<Welcome> {
  const { suite } = next;
  const tree: RatchetTree = forged.nodes === undefined ? next.tree : treeFromNodes(forged.nodes(nodesOf(next.tree)));
  const plain = { ...next.context, treeHash: treeHash(suite, tree) };
  const groupContext = forged.context?.(plain) ?? plain;
  const { confirmationTag } = epochKeys(suite, { joinerSecret, pskSecret, context: groupContext, tree });
  const info: UnsignedGroupInfo = {
    groupContext,
    extensions: [{ type: extensionTypes.ratchet_tree, data: encode(writeNodeList, nodesOf(tree)) }],
    confirmationTag,
    signer: next.ownLeaf,
  };
  const groupInfo = await signGroupInfo(suite, forged.info?.(info) ?? info, forged.signatureKey ?? next.signatureKey);
  return sealWelcome(suite, {
    groupInfo,
    joinerSecret,
    pskSecret,
    psks: forged.psks ?? [],
    joiners: [{ keyPackage, pathSecret: forged.pathSecret }],
  });
}
