import { type Bytes, equalBytes } from '../bytes.ts';
import { proposalRef, signWithLabel } from '../crypto/labels.ts';
import { signContent } from '../framing/content-signature.ts';
import type { AttributedProposal, GroupState, PendingProposal } from '../group/group-state.ts';
import { type PreSharedKey, preSharedKeyOf } from '../group/pre-shared-keys.ts';
import { frame } from '../group/send-message.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import type { ProposalOrRef } from '../structures/commit.ts';
import type { Content } from '../structures/framed-content.ts';
import { type LeafNode, leafNodeToBeSigned, type UnsignedLeafNode } from '../structures/leaf-node.ts';
import type { Proposal } from '../structures/proposal.ts';
import { leafAt } from '../tree/ratchet-tree.ts';
import { type Epoch, type ForgedCommit, forgeCommit, type MadeCommit, sendAsMember } from './forged-commit.ts';
import { receive } from './reception.ts';
import { random } from './test-member.ts';

/** What a hostile member's commit has that an honest one would not. */
export interface HostileCommit extends Partial<Omit<ForgedCommit, 'entries' | 'proposals' | 'psks' | 'leaf'>> {
  /** By value. */
  readonly proposals?: readonly Proposal[];
  /** By reference, before those by value. */
  readonly references?: readonly AttributedProposal[];
  /** In place of what `proposals` and `references` give. */
  readonly entries?: readonly ProposalOrRef[];
  readonly leaf?: Partial<ForgedCommit['leaf']>;
  readonly preSharedKeys?: readonly PreSharedKey[];
  readonly epoch?: Partial<Epoch>;
}

/** Makes a commit of a member that holds to no rule: signed, confirmed and encrypted as the parts that it is given allow. */
export async function hostileCommit(state: GroupState, commit: HostileCommit): Promise<Bytes> {
  return sendAsMember(state, (await forgeAsMember(state, commit)).authenticated);
}

/** Makes a commit as `hostileCommit` does, with what its maker has after it. */
export function forgeAsMember(state: GroupState, commit: HostileCommit): Promise<MadeCommit> {
  const { proposals = [], references = [], preSharedKeys = [], epoch, ...given } = commit;
  const leaf = ownLeafOf(state);
  const sender = { type: 'member', leafIndex: state.ownLeaf } as const;
  const own = proposals.map((proposal) => ({ proposal, sender, reference: undefined }));
  const all: readonly AttributedProposal[] = [...references, ...own];
  return forgeCommit(
    { ...state, initSecret: state.secrets.initSecret, ...epoch },
    {
      sender,
      leafIndex: state.ownLeaf,
      entries: all.map(entryOf),
      ...given,
      leaf: { ...leaf, ...given.leaf },
      proposals: all,
      psks: all.flatMap(({ proposal }) => {
        if (proposal.type !== 'psk') return [];
        const psk = preSharedKeyOf(proposal.psk, preSharedKeys);
        return psk === undefined ? [] : [{ id: proposal.psk, psk }];
      }),
    },
  );
}

/** Returns a proposal as a commit has it: by its reference when it has one. */
function entryOf({ proposal, reference }: AttributedProposal): ProposalOrRef {
  return reference === undefined ? { type: 'proposal', proposal } : { type: 'reference', reference };
}

/** Returns a member's own leaf. */
export function ownLeafOf(state: GroupState): LeafNode {
  const leaf = leafAt(state.tree, state.ownLeaf);
  if (leaf === undefined) throw new Error('The member has no leaf.');
  return leaf;
}

/** Signs any content as a member, in any wire format, and returns its bytes and the reference that it has as a proposal. */
export async function hostileMessage(
  state: GroupState,
  content: Content,
  change: Partial<AuthenticatedContent['content']> & Partial<Pick<AuthenticatedContent, 'wireFormat'>> = {},
): Promise<{ readonly message: Bytes; readonly reference: Bytes }> {
  const { wireFormat = 'mls_private_message', ...framing } = change;
  const framed = { ...frame(state, content), ...framing };
  const signature = await signContent(state.suite, {
    wireFormat,
    content: framed,
    privateKey: state.signatureKey,
    groupContext: state.contextBytes,
  });
  const confirmationTag = content.type === 'commit' ? new Uint8Array(state.suite.hashLength) : undefined;
  const authenticated: AuthenticatedContent = { wireFormat, content: framed, auth: { signature, confirmationTag } };
  return { message: await sendAsMember(state, authenticated), reference: proposalRef(state.suite, authenticated) };
}

/** Sends a proposal of a member, whatever it is, and returns the state of `receiver` with it. */
export async function proposed(
  state: GroupState,
  receiver: GroupState,
  proposal: Proposal,
): Promise<{ readonly state: GroupState; readonly pending: PendingProposal }> {
  const content = { type: 'proposal', proposal } as const;
  const { message, reference } = await hostileMessage(state, content, { wireFormat: 'mls_public_message' });
  const after = await receive(receiver, message);
  const pending = after.proposals.find((one) => equalBytes(one.reference, reference));
  if (pending === undefined) throw new Error('The proposal did not arrive.');
  return { state: after, pending };
}

/** Returns a new leaf for an Update of this member, signed; `change` is in it before it is signed. */
export async function updateLeafOf(state: GroupState, change: Partial<UnsignedLeafNode> = {}): Promise<LeafNode> {
  const { suite, ownLeaf: leafIndex, context } = state;
  const { publicKey } = await suite.hpke.deriveKeyPair(random(suite.hashLength));
  const unsigned: UnsignedLeafNode = {
    ...ownLeafOf(state),
    encryptionKey: publicKey,
    source: { type: 'update' },
    ...change,
  };
  return signLeaf(state, unsigned, { groupId: context.groupId, leafIndex });
}

/** Signs a leaf with a member's key. */
export async function signLeaf(
  { suite, signatureKey }: Pick<GroupState, 'suite' | 'signatureKey'>,
  unsigned: UnsignedLeafNode,
  place: Parameters<typeof leafNodeToBeSigned>[1],
): Promise<LeafNode> {
  const signature = await signWithLabel(suite, signatureKey, 'LeafNodeTBS', leafNodeToBeSigned(unsigned, place));
  return { ...unsigned, signature };
}
