import { type Bytes, noBytes } from '../../mls/bytes.ts';
import { signContent } from '../../mls/framing/content-signature.ts';
import { type CommitIntent, createCommit } from '../../mls/group/create-commit.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { frame, protect } from '../../mls/group/send-message.ts';
import type { AuthenticatedContent } from '../../mls/structures/authenticated-content.ts';
import type { ContentType } from '../../mls/structures/enumerations.ts';
import type { FramedContent } from '../../mls/structures/framed-content.ts';
import type { GroupContext } from '../../mls/structures/group-context.ts';
import { encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import type { UpdatePath } from '../../mls/structures/update-path.ts';
import { random } from '../run/world.ts';

/** A message as a member makes it who keeps to no rule; the maker goes on with `state`. */
export interface Crafted {
  readonly message: Bytes;
  readonly state: GroupState;
}

/** Returns a PrivateMessage whose clear head is right and whose rest is random. */
export function garbage({ groupId, epoch }: Pick<GroupContext, 'groupId' | 'epoch'>, contentType: ContentType): Bytes {
  return encodeMlsMessage({
    wireFormat: 'mls_private_message',
    privateMessage: {
      ...{ groupId, epoch, contentType, authenticatedData: noBytes },
      encryptedSenderData: random(28),
      ciphertext: random(400),
    },
  });
}

/** Returns an external commit, by which a client adds itself (RFC 9420, section 12.4.3.2), with random bytes where it takes the group's secrets. */
export function externalCommit({ groupId, epoch }: Pick<GroupContext, 'groupId' | 'epoch'>): Bytes {
  const proposal = { type: 'external_init', kemOutput: random(1_120) } as const;
  const commit = { proposals: [{ type: 'proposal', proposal }], path: undefined } as const;
  return encodeMlsMessage({
    wireFormat: 'mls_public_message',
    publicMessage: {
      content: {
        ...{ groupId, epoch, authenticatedData: noBytes },
        sender: { type: 'new_member_commit' },
        content: { type: 'commit', commit },
      },
      auth: { signature: random(64), confirmationTag: random(48) },
      membershipTag: undefined,
    },
  });
}

/** Makes a commit that MLS allows, whatever the group's rules say of it. */
export async function anyCommit(
  state: GroupState,
  intent: Partial<CommitIntent>,
): Promise<Crafted & { welcome: Bytes | undefined }> {
  const { message, current, welcome } = await createCommit(state, { proposals: [], references: [], random, ...intent });
  return { message, state: current, welcome };
}

/** Makes an empty Update with a confirmation tag that no key schedule gives. */
export async function unconfirmedCommit(state: GroupState): Promise<Crafted> {
  const { commit, current } = await createCommit(state, { proposals: [], references: [], random });
  const { content, auth } = commit;
  const wrong = { ...auth, confirmationTag: random(state.suite.hashLength) };
  return protect(current, { ...commit, content, auth: wrong }, { random });
}

/** Makes an empty Update, signed, in whose path nobody finds the secret that its keys were made of. */
export async function unreadableCommit(state: GroupState): Promise<Crafted> {
  const { commit, current } = await createCommit(state, { proposals: [], references: [], random });
  const { content } = commit.content;
  if (content.type !== 'commit' || content.commit.path === undefined) return unconfirmedCommit(state);
  const path = withoutSecrets(content.commit.path);
  const framed: FramedContent = {
    ...commit.content,
    content: { type: 'commit', commit: { ...content.commit, path } },
  };
  return protect(
    current,
    { ...commit, content: framed, auth: { ...commit.auth, signature: await sign(state, framed) } },
    { random },
  );
}

function withoutSecrets({ leafNode, nodes }: UpdatePath): UpdatePath {
  return {
    leafNode,
    nodes: nodes.map(({ encryptionKey, encryptedPathSecret }) => ({
      encryptionKey,
      encryptedPathSecret: encryptedPathSecret.map((sealed) => ({
        ...sealed,
        ciphertext: random(sealed.ciphertext.length),
      })),
    })),
  };
}

/** Makes an application message that names another leaf as its sender, with that leaf's ratchet and the maker's signature. */
export async function messageAs(state: GroupState, leafIndex: GroupState['ownLeaf'], data: Bytes): Promise<Crafted> {
  const framed: FramedContent = {
    ...frame(state, { type: 'application', data }),
    sender: { type: 'member', leafIndex },
  };
  const auth = { signature: await sign(state, framed), confirmationTag: undefined };
  const authenticated: AuthenticatedContent = { wireFormat: 'mls_private_message', content: framed, auth };
  return { message: (await protect(state, authenticated, { random })).message, state };
}

/** Makes an empty Update that names another leaf as its sender. */
export async function commitAs(state: GroupState, leafIndex: GroupState['ownLeaf']): Promise<Crafted> {
  const { commit } = await createCommit(state, { proposals: [], references: [], random });
  const framed: FramedContent = { ...commit.content, sender: { type: 'member', leafIndex } };
  const auth = { ...commit.auth, signature: await sign(state, framed) };
  return { message: (await protect(state, { ...commit, content: framed, auth }, { random })).message, state };
}

function sign({ suite, signatureKey, contextBytes }: GroupState, content: FramedContent): Promise<Bytes> {
  return signContent(suite, {
    wireFormat: 'mls_private_message',
    content,
    privateKey: signatureKey,
    groupContext: contextBytes,
  });
}
