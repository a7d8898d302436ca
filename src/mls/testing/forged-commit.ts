import { type Bytes, noBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import { signContent } from '../framing/content-signature.ts';
import { protectPrivate } from '../framing/private-protection.ts';
import type { AttributedProposal, GroupState } from '../group/group-state.ts';
import { epochKeys } from '../group/next-epoch.ts';
import type { LeafIndex } from '../indices.ts';
import { joinerSecret as deriveJoinerSecret } from '../schedule/key-schedule.ts';
import { pskSecret as derivePskSecret, type PreSharedKey } from '../schedule/psk-secret.ts';
import { confirmedTranscriptHash } from '../schedule/transcript-hash.ts';
import type { AuthenticatedContent, ContentWireFormat } from '../structures/authenticated-content.ts';
import type { ProposalOrRef } from '../structures/commit.ts';
import type { FramedContent } from '../structures/framed-content.ts';
import { authenticatedContentToBeMaced } from '../structures/framed-content-tbs.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { encodeMlsMessage } from '../structures/mls-message.ts';
import type { Sender } from '../structures/sender.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { type CreatedPath, createPath, encryptPath, type LeafContent } from '../tree/create-path.ts';
import type { PrivateTree } from '../tree/private-tree.ts';
import { addLeaf, openLeaf, type RatchetTree, removeLeaf, treeHash, updateLeaf } from '../tree/ratchet-tree.ts';
import { random } from './test-member.ts';

/** What a committer knows of the epoch that it commits in. */
export type Epoch = Pick<
  GroupState,
  'suite' | 'context' | 'contextBytes' | 'interimTranscriptHash' | 'tree' | 'signatureKey'
> & { readonly initSecret: Bytes };

/** A commit, and who makes it; each part may be as no honest member would have it. */
export interface ForgedCommit {
  readonly sender: Sender;
  /** The leaf that the path begins at; the leftmost blank one of the tree with the proposals unless given. */
  readonly leafIndex?: LeafIndex;
  readonly leaf: LeafContent;
  /** As the commit has them. */
  readonly entries: readonly ProposalOrRef[];
  /** As whoever takes the commit for good applies them; what cannot be applied is passed over. */
  readonly proposals: readonly AttributedProposal[];
  readonly psks?: readonly PreSharedKey[];
  readonly withPath?: boolean;
  /** Changes the path before its secrets are encrypted. */
  readonly created?: (created: CreatedPath) => CreatedPath;
  /** Changes the path that is sent. */
  readonly path?: (path: UpdatePath, leafIndex: LeafIndex) => UpdatePath | Promise<UpdatePath>;
  /** Changes the content before it is signed. */
  readonly framed?: (framed: FramedContent) => FramedContent;
  readonly authenticated?: (authenticated: AuthenticatedContent) => AuthenticatedContent;
  readonly wireFormat?: ContentWireFormat;
}

/** A forged commit with what its maker has after it. */
export interface MadeCommit {
  readonly authenticated: AuthenticatedContent;
  /** The next epoch as the maker of the commit sees it. */
  readonly next: GroupState;
  readonly joinerSecret: Bytes;
  readonly pskSecret: Bytes;
  readonly created: CreatedPath | undefined;
}

function appliedLoosely(tree: RatchetTree, proposals: readonly AttributedProposal[]) {
  let changed = tree;
  const added = new Set<LeafIndex>();
  const attempt = (change: () => void): void => {
    try {
      change();
    } catch (error) {
      if (!(error instanceof MlsError)) throw error;
    }
  };
  for (const { proposal, sender } of proposals) {
    if (proposal.type !== 'update' || sender.type !== 'member') continue;
    attempt(() => {
      changed = updateLeaf(changed, sender.leafIndex, proposal.leafNode);
    });
  }
  for (const { proposal } of proposals) {
    if (proposal.type !== 'remove') continue;
    attempt(() => {
      changed = removeLeaf(changed, proposal.removed);
    });
  }
  for (const { proposal } of proposals) {
    if (proposal.type !== 'add') continue;
    attempt(() => {
      const { tree: grown, leafIndex } = addLeaf(changed, proposal.keyPackage.leafNode);
      changed = grown;
      added.add(leafIndex);
    });
  }
  return { tree: changed, added };
}

/** Makes a commit of given parts, signed and confirmed as if nothing were wrong with it (RFC 9420, section 12.4.1). */
export async function forgeCommit(epoch: Epoch, forged: ForgedCommit): Promise<MadeCommit> {
  const { suite, context } = epoch;
  const { tree, added } = appliedLoosely(epoch.tree, forged.proposals);
  const extensions = forged.proposals.reduce(
    (former, { proposal }) => (proposal.type === 'group_context_extensions' ? proposal.extensions : former),
    context.extensions,
  );
  const open = forged.leafIndex === undefined ? openLeaf(tree) : { tree, leafIndex: forged.leafIndex };
  const provisionalOf = (tree: RatchetTree) => ({
    ...context,
    epoch: BigInt.asUintN(64, context.epoch + 1n),
    treeHash: treeHash(suite, tree),
    extensions,
  });
  const made = forged.withPath === false ? undefined : await makePath(epoch, forged, open, added, provisionalOf);
  const newTree = made?.tree ?? tree;
  const commit = { proposals: forged.entries, path: made?.path };
  const plain: FramedContent = {
    groupId: context.groupId,
    epoch: context.epoch,
    sender: forged.sender,
    authenticatedData: noBytes,
    content: { type: 'commit', commit },
  };
  const content = forged.framed?.(plain) ?? plain;
  const wireFormat = forged.wireFormat ?? 'mls_private_message';
  const signature = await signContent(suite, {
    wireFormat,
    content,
    privateKey: epoch.signatureKey,
    groupContext: epoch.contextBytes,
  });
  const unconfirmed: AuthenticatedContent = { wireFormat, content, auth: { signature, confirmationTag: undefined } };
  const confirmed = confirmedTranscriptHash(suite, epoch.interimTranscriptHash, unconfirmed);
  const nextContext = { ...provisionalOf(newTree), confirmedTranscriptHash: confirmed };
  const commitSecret = made?.commitSecret ?? new Uint8Array(suite.hashLength);
  const { initSecret } = epoch;
  const groupContext = encodeGroupContext(nextContext);
  const joinerSecret = deriveJoinerSecret(suite, { initSecret, commitSecret, groupContext });
  const pskSecret = derivePskSecret(suite, forged.psks ?? []);
  const keys = epochKeys(suite, { joinerSecret, pskSecret, context: nextContext, tree: newTree });
  const authenticated = { ...unconfirmed, auth: { signature, confirmationTag: keys.confirmationTag } };
  return {
    authenticated: forged.authenticated?.(authenticated) ?? authenticated,
    next: {
      suite,
      context: nextContext,
      contextBytes: keys.contextBytes,
      interimTranscriptHash: keys.interimTranscriptHash,
      tree: newTree,
      ownLeaf: open.leafIndex,
      privateTree: made?.privateTree ?? { leafIndex: open.leafIndex, nodes: new Map() },
      signatureKey: epoch.signatureKey,
      secrets: keys.secrets,
      secretTree: keys.secretTree,
      proposals: [],
    },
    joinerSecret,
    pskSecret,
    created: made?.created,
  };
}

async function makePath(
  { suite, context, signatureKey }: Epoch,
  forged: ForgedCommit,
  open: { readonly tree: RatchetTree; readonly leafIndex: LeafIndex },
  excluded: ReadonlySet<LeafIndex>,
  provisionalOf: (tree: RatchetTree) => Parameters<typeof encodeGroupContext>[0],
): Promise<{
  path: UpdatePath;
  tree: RatchetTree;
  privateTree: PrivateTree;
  commitSecret: Bytes;
  created: CreatedPath;
}> {
  const { groupId } = context;
  const honest = await createPath(suite, { ...open, leaf: forged.leaf, groupId, signatureKey, random });
  const created = forged.created?.(honest) ?? honest;
  const groupContext = encodeGroupContext(provisionalOf(created.tree));
  const path = await encryptPath(suite, created, { groupContext, excluded });
  const { tree, privateTree, commitSecret } = created;
  return { path: (await forged.path?.(path, open.leafIndex)) ?? path, tree, privateTree, commitSecret, created };
}

/** Returns the bytes of a content as a member sends it: encrypted, or with a membership tag, whatever it is. */
export async function sendAsMember(state: GroupState, authenticated: AuthenticatedContent): Promise<Bytes> {
  const { suite, secrets, secretTree } = state;
  if (authenticated.wireFormat === 'mls_private_message') {
    const { senderDataSecret } = secrets;
    const { message } = await protectPrivate(suite, {
      authenticated,
      secretTree,
      senderDataSecret,
      padding: 0,
      random,
    });
    return encodeMlsMessage({ wireFormat: 'mls_private_message', privateMessage: message });
  }
  const covered = authenticatedContentToBeMaced(authenticated, state.contextBytes);
  const membershipTag = suite.mac(secrets.membershipKey, covered);
  const { content, auth } = authenticated;
  return encodeMlsMessage({ wireFormat: 'mls_public_message', publicMessage: { content, auth, membershipTag } });
}
