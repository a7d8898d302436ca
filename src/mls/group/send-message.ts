import { type Bytes, noBytes } from '../bytes.ts';
import type { RandomBytes } from '../crypto/cipher-suite.ts';
import { proposalRef } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { signContent } from '../framing/content-signature.ts';
import { protectPrivate } from '../framing/private-protection.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import type { Content, FramedContent } from '../structures/framed-content.ts';
import { encodeMlsMessage } from '../structures/mls-message.ts';
import type { Proposal } from '../structures/proposal.ts';
import type { GroupState } from './group-state.ts';
import { withProposal } from './open-message.ts';

/** A message to be sent, once `state` is stored: the state that it was made from must not make another. */
export interface SentMessage {
  readonly message: Bytes;
  readonly state: GroupState;
  /** True when the whole secret tree has to be stored, false when the ratchets of the own leaf are enough. */
  readonly isFirstOfSender: boolean;
  /** To be wiped after `state` is stored. */
  readonly consumed: readonly Bytes[];
}

/**
 * What can be said beside a content: bytes that are authenticated and not encrypted, and how many zero bytes are added
 * behind what is encrypted.
 */
export interface MessageOptions {
  readonly authenticatedData?: Bytes;
  readonly padding?: number;
  readonly random: RandomBytes;
}

/** Encrypts application data (RFC 9420, section 15). */
export async function createApplicationMessage(
  state: GroupState,
  data: Bytes,
  options: MessageOptions,
): Promise<SentMessage> {
  const authenticated = await authenticate(state, { type: 'application', data }, options.authenticatedData);
  return protect(state, authenticated, options);
}

/**
 * Encrypts a Remove, of the own leaf or another, as a proposal. The returned `state` already holds it: store its proposals,
 * too. That the leaf is in the tree is not checked. Throws `invalid_intent` for any other proposal.
 */
export async function createProposal(
  state: GroupState,
  proposal: Proposal,
  options: MessageOptions,
): Promise<SentMessage & { readonly reference: Bytes }> {
  if (proposal.type !== 'remove') {
    throw new MlsError('invalid_intent', 'The only proposal that is sent on its own is a Remove.');
  }
  const authenticated = await authenticate(state, { type: 'proposal', proposal }, options.authenticatedData);
  const sent = await protect(state, authenticated, options);
  const reference = proposalRef(state.suite, authenticated);
  return {
    ...sent,
    state: withProposal(sent.state, { proposal, sender: authenticated.content.sender, reference }),
    reference,
  };
}

/** Returns a content of this member, framed for the present epoch. */
export function frame(state: GroupState, content: Content, authenticatedData: Bytes = noBytes): FramedContent {
  return {
    groupId: state.context.groupId,
    epoch: state.context.epoch,
    sender: { type: 'member', leafIndex: state.ownLeaf },
    authenticatedData,
    content,
  };
}

async function authenticate(
  state: GroupState,
  content: Content,
  authenticatedData: Bytes | undefined,
): Promise<AuthenticatedContent> {
  const framed = frame(state, content, authenticatedData);
  const signature = await signContent(state.suite, {
    wireFormat: 'mls_private_message',
    content: framed,
    privateKey: state.signatureKey,
    groupContext: state.contextBytes,
  });
  return { wireFormat: 'mls_private_message', content: framed, auth: { signature, confirmationTag: undefined } };
}

/** Encrypts an authenticated content and returns the state with the own ratchet advanced. */
export async function protect(
  state: GroupState,
  authenticated: AuthenticatedContent,
  options: Pick<MessageOptions, 'padding' | 'random'>,
): Promise<SentMessage> {
  const { message, secretTree, opened, consumed } = await protectPrivate(state.suite, {
    authenticated,
    secretTree: state.secretTree,
    senderDataSecret: state.secrets.senderDataSecret,
    padding: options.padding ?? 0,
    random: options.random,
  });
  return {
    message: encodeMlsMessage({ wireFormat: 'mls_private_message', privateMessage: message }),
    state: { ...state, secretTree },
    isFirstOfSender: opened,
    consumed,
  };
}
