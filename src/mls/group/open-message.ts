import { type Bytes, equalBytes } from '../bytes.ts';
import { proposalRef } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { verifyContent } from '../framing/content-signature.ts';
import { type AdvancedSecrets, unprotectPrivate } from '../framing/private-protection.ts';
import { unprotectPublic } from '../framing/public-protection.ts';
import type { LeafIndex } from '../indices.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import type { MlsMessage } from '../structures/mls-message.ts';
import type { Sender } from '../structures/sender.ts';
import { leafAt } from '../tree/ratchet-tree.ts';
import type { GroupState, PendingProposal } from './group-state.ts';

/** A message whose sender has been verified. `state` has that sender's ratchet advanced, and is else the same. */
export interface OpenedMessage {
  readonly state: GroupState;
  readonly sender: Sender;
  readonly authenticatedData: Bytes;
  readonly content:
    | { readonly type: 'application'; readonly data: Bytes; readonly generation: number }
    | { readonly type: 'proposal'; readonly proposal: PendingProposal }
    | { readonly type: 'commit'; readonly commit: AuthenticatedContent };
  /** True when the whole secret tree has to be stored, false when the ratchets of the sender's leaf are enough. */
  readonly isFirstOfSender: boolean;
  /** To be wiped after `state` is stored. */
  readonly consumed: readonly Bytes[];
}

/**
 * Opens a message of the present epoch and verifies who sent it (RFC 9420, section 6). A proposal is not taken into the state
 * (`withProposal`), a commit not looked at (`stageCommit`). Whoever verified it has used its generation, and goes on with `state`, also when
 * the commit or proposal is then passed over: members that differ in this differ in the next commit that they take. What is refused here has
 * used none, so nobody spends the generations of another. Throws the codes of framing and of this function's checks.
 *
 * Store `state` in one transaction with what the content led to. After a crash between two, the message cannot be opened again.
 */
export async function openMessage(state: GroupState, message: MlsMessage): Promise<OpenedMessage> {
  const { authenticated, secretTree, generation, opened, consumed } = await unprotect(state, message);
  const { content } = authenticated;
  const key = signatureKeyOf(state, authenticated);
  if (!(await verifyContent(state.suite, authenticated, key, state.contextBytes))) {
    throw new MlsError('invalid_content_signature', 'The signature of a content is not its sender’s.');
  }
  return {
    state: secretTree === state.secretTree ? state : { ...state, secretTree },
    sender: content.sender,
    authenticatedData: content.authenticatedData,
    content: openedContent(state, authenticated, generation),
    isFirstOfSender: opened,
    consumed,
  };
}

function openedContent(
  state: GroupState,
  authenticated: AuthenticatedContent,
  generation: number,
): OpenedMessage['content'] {
  const { content, sender } = authenticated.content;
  if (content.type === 'application') return { type: 'application', data: content.data, generation };
  if (content.type === 'commit') return { type: 'commit', commit: authenticated };
  const reference = proposalRef(state.suite, authenticated);
  return { type: 'proposal', proposal: { proposal: content.proposal, sender, reference } };
}

async function unprotect(
  state: GroupState,
  message: MlsMessage,
): Promise<AdvancedSecrets & { readonly authenticated: AuthenticatedContent }> {
  const { suite, secretTree, secrets } = state;
  if (message.wireFormat === 'mls_private_message') {
    checkPlace(state, message.privateMessage);
    const { senderDataSecret } = secrets;
    const members = { has: (leaf: LeafIndex) => leafAt(state.tree, leaf) !== undefined };
    return unprotectPrivate(suite, {
      message: message.privateMessage,
      secretTree,
      senderDataSecret,
      members,
      ownLeaf: state.ownLeaf,
    });
  }
  if (message.wireFormat === 'mls_public_message') {
    checkPlace(state, message.publicMessage.content);
    const keys = { membershipKey: secrets.membershipKey, groupContext: state.contextBytes };
    const authenticated = unprotectPublic(suite, message.publicMessage, keys);
    return { authenticated, secretTree, generation: 0, opened: false, consumed: [] };
  }
  throw new MlsError('not_a_group_message', `A ${message.wireFormat} is not a message of a group.`);
}

/** Throws `wrong_group`, `epoch_in_the_past` or `epoch_in_the_future` for what is not of the state's group and epoch. */
export function checkPlace(state: GroupState, head: { readonly groupId: Bytes; readonly epoch: bigint }): void {
  if (!equalBytes(head.groupId, state.context.groupId)) {
    throw new MlsError('wrong_group', 'The message is of another group.');
  }
  if (head.epoch < state.context.epoch) throw new MlsError('epoch_in_the_past', 'The epoch of the message has passed.');
  if (head.epoch > state.context.epoch) {
    throw new MlsError('epoch_in_the_future', 'The epoch of the message has not begun here.');
  }
}

function signatureKeyOf(state: GroupState, { content }: AuthenticatedContent): Bytes {
  const { sender } = content;
  if (sender.type === 'member') {
    if (sender.leafIndex === state.ownLeaf) throw new MlsError('own_message', 'The message is this member’s own.');
    const leaf = leafAt(state.tree, sender.leafIndex);
    if (leaf === undefined) throw new MlsError('unknown_sender_leaf', 'The sender’s leaf is blank or beyond the tree.');
    return leaf.signatureKey;
  }
  const path = content.content.type === 'commit' ? content.content.commit.path : undefined;
  if (sender.type !== 'new_member_commit' || path === undefined) {
    throw new MlsError('unsupported_sender', `Messages of the kind ${sender.type} are not taken.`);
  }
  return path.leafNode.signatureKey;
}

/** Returns the state with a proposal that a commit may refer to. One that is there already changes nothing. */
export function withProposal(state: GroupState, proposal: PendingProposal): GroupState {
  if (state.proposals.some(({ reference }) => equalBytes(reference, proposal.reference))) return state;
  return { ...state, proposals: [...state.proposals, proposal] };
}
