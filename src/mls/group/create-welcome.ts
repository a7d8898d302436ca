import type { Bytes } from '../bytes.ts';
import { encode } from '../codec/writer.ts';
import { signGroupInfo } from '../framing/group-info-signature.ts';
import { sealWelcome } from '../framing/welcome.ts';
import { extensionTypes } from '../structures/extension.ts';
import { encodeMlsMessage } from '../structures/mls-message.ts';
import { writeNodeList } from '../structures/node.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import { type CreatedPath, pathSecretFor } from '../tree/create-path.ts';
import { nodesOf } from '../tree/node-list.ts';
import type { Joiner } from './apply-proposals.ts';
import type { GroupState } from './group-state.ts';

/** Makes one Welcome for all joiners, the tree inside its GroupInfo (RFC 9420, section 12.4.3); nothing when nobody joins. */
export async function createWelcome(
  next: GroupState,
  input: {
    readonly joiners: readonly Joiner[];
    readonly created: CreatedPath | undefined;
    readonly confirmationTag: Bytes;
    readonly joinerSecret: Bytes;
    readonly pskSecret: Bytes;
    readonly psks: readonly PreSharedKeyId[];
  },
): Promise<Bytes | undefined> {
  const { created, joiners } = input;
  if (joiners.length === 0) return undefined;
  const tree = { type: extensionTypes.ratchet_tree, data: encode(writeNodeList, nodesOf(next.tree)) };
  const groupInfo = await signGroupInfo(
    next.suite,
    {
      groupContext: next.context,
      extensions: [tree],
      confirmationTag: input.confirmationTag,
      signer: next.ownLeaf,
    },
    next.signatureKey,
  );
  const welcome = await sealWelcome(next.suite, {
    groupInfo,
    joinerSecret: input.joinerSecret,
    pskSecret: input.pskSecret,
    psks: input.psks,
    joiners: joiners.map(({ keyPackage, leafIndex }) => ({
      keyPackage,
      pathSecret: created === undefined ? undefined : pathSecretFor(created, leafIndex),
    })),
  });
  return encodeMlsMessage({ wireFormat: 'mls_welcome', welcome });
}
