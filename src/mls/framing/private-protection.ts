import { type Bytes, wipe } from '../bytes.ts';
import type { CipherSuite, RandomBytes } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex } from '../indices.ts';
import {
  type MessageKey,
  messageKeyOf,
  nextMessageKey,
  type RatchetType,
  type SecretTree,
} from '../schedule/secret-tree.ts';
import { senderDataKey } from '../schedule/sender-data.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import type { ContentType } from '../structures/enumerations.ts';
import {
  decodePrivateMessageContent,
  decodeSenderData,
  encodePrivateMessageContent,
  encodeSenderData,
  type PrivateMessage,
  type PrivateMessageHead,
  privateContentAad,
  type SenderData,
  senderDataAad,
} from '../structures/private-message.ts';
import { checkContent } from './content-rules.ts';

/** How a message advances the secrets of its epoch. */
export interface AdvancedSecrets {
  readonly secretTree: SecretTree;
  /** Of the sender's ratchet, handshake or application by the type of the content. */
  readonly generation: number;
  /** True for a leaf's first message: the whole secret tree is to be stored then, not the ratchets of one leaf. */
  readonly opened: boolean;
  /** What is wiped once the new secret tree is stored. */
  readonly consumed: readonly Bytes[];
}

/** What an encryption gives: the message, and the secrets after it. */
export interface ProtectedMessage extends AdvancedSecrets {
  readonly message: PrivateMessage;
}

/** What a decryption gives: the content, and the secrets after it. */
export interface UnprotectedMessage extends AdvancedSecrets {
  readonly authenticated: AuthenticatedContent;
}

/**
 * Encrypts a signed content with the next key of its sender's ratchet (RFC 9420, section 6.3). `padding` zeros are behind it.
 * `random` gives the reuse guard. Throws what `checkContent` throws.
 */
export async function protectPrivate(
  suite: CipherSuite,
  options: {
    readonly authenticated: AuthenticatedContent;
    readonly secretTree: SecretTree;
    readonly senderDataSecret: Bytes;
    readonly padding: number;
    readonly random: RandomBytes;
  },
): Promise<ProtectedMessage> {
  const { authenticated, secretTree, senderDataSecret, padding, random } = options;
  checkContent(suite, authenticated, 'mls_private_message');
  const { content, auth } = authenticated;
  const leafIndex = memberOf(authenticated);
  const head: PrivateMessageHead = {
    groupId: content.groupId,
    epoch: content.epoch,
    contentType: content.content.type,
    authenticatedData: content.authenticatedData,
  };
  const plaintext = encodePrivateMessageContent({ content: content.content, auth }, padding);
  const messageKey = nextMessageKey(suite, secretTree, leafIndex, ratchetOf(head.contentType));
  const reuseGuard = random(4);
  const nonce = guardedNonce(messageKey.nonce, reuseGuard);
  const ciphertext = await suite.aead.seal(messageKey.key, nonce, privateContentAad(head), plaintext);
  const senderData = { leafIndex, generation: messageKey.generation, reuseGuard };
  const encryptedSenderData = await sealSenderData(suite, { head, ciphertext, senderData, senderDataSecret });
  return { message: { ...head, encryptedSenderData, ciphertext }, ...advancedBy(messageKey, nonce) };
}

/**
 * Decrypts a PrivateMessage (RFC 9420, section 6.3). Its signature is not verified yet: that is for the caller, by
 * `verifyContent` with the key in the sender's leaf. `members` has the leaves that are not blank.
 *
 * Throws `decryption_failed`, `unknown_sender_leaf`, `own_message`, `nonzero_padding`, the codes of `messageKeyOf`, what `checkContent` throws
 * and the codes of the decoder; the secret tree that was given stays usable.
 */
export async function unprotectPrivate(
  suite: CipherSuite,
  options: {
    readonly message: PrivateMessage;
    readonly secretTree: SecretTree;
    readonly senderDataSecret: Bytes;
    readonly members: Pick<ReadonlySet<LeafIndex>, 'has'>;
    /** Of this member, whose own messages it cannot open. */
    readonly ownLeaf?: LeafIndex;
  },
): Promise<UnprotectedMessage> {
  const { message, secretTree, senderDataSecret, members } = options;
  const { leafIndex, generation, reuseGuard } = await openSenderData(suite, message, senderDataSecret);
  if (!members.has(leafIndex)) {
    throw new MlsError('unknown_sender_leaf', 'The sender data names a leaf that is blank or not in the tree.');
  }
  if (leafIndex === options.ownLeaf) throw new MlsError('own_message', 'The message is this member’s own.');
  const messageKey = messageKeyOf(suite, secretTree, leafIndex, ratchetOf(message.contentType), generation);
  const nonce = guardedNonce(messageKey.nonce, reuseGuard);
  const plaintext = await suite.aead.open(messageKey.key, nonce, privateContentAad(message), message.ciphertext);
  const { content, auth } = decodePrivateMessageContent(plaintext, message.contentType);
  const authenticated: AuthenticatedContent = {
    wireFormat: 'mls_private_message',
    content: {
      groupId: message.groupId,
      epoch: message.epoch,
      sender: { type: 'member', leafIndex },
      authenticatedData: message.authenticatedData,
      content,
    },
    auth,
  };
  checkContent(suite, authenticated, 'mls_private_message');
  return { authenticated, ...advancedBy(messageKey, nonce) };
}

function memberOf(authenticated: AuthenticatedContent): LeafIndex {
  const { sender } = authenticated.content;
  if (sender.type !== 'member')
    throw new MlsError('private_sender_not_member', 'Only a member sends a PrivateMessage.');
  return sender.leafIndex;
}

function ratchetOf(type: ContentType): RatchetType {
  return type === 'application' ? 'application' : 'handshake';
}

/** Returns the nonce with the reuse guard in its first four bytes. */
function guardedNonce(nonce: Bytes, reuseGuard: Bytes): Bytes {
  return nonce.map((byte, index) => byte ^ (reuseGuard[index] ?? 0));
}

function advancedBy(messageKey: MessageKey, nonce: Bytes): AdvancedSecrets {
  const { tree, generation, opened, consumed } = messageKey;
  return { secretTree: tree, generation, opened, consumed: [...consumed, nonce] };
}

async function sealSenderData(
  suite: CipherSuite,
  options: {
    readonly head: PrivateMessageHead;
    readonly ciphertext: Bytes;
    readonly senderData: SenderData;
    readonly senderDataSecret: Bytes;
  },
): Promise<Bytes> {
  const { key, nonce } = senderDataKey(suite, options.senderDataSecret, options.ciphertext);
  try {
    return await suite.aead.seal(key, nonce, senderDataAad(options.head), encodeSenderData(options.senderData));
  } finally {
    wipe([key, nonce]);
  }
}

async function openSenderData(suite: CipherSuite, message: PrivateMessage, secret: Bytes): Promise<SenderData> {
  const { key, nonce } = senderDataKey(suite, secret, message.ciphertext);
  try {
    return decodeSenderData(await suite.aead.open(key, nonce, senderDataAad(message), message.encryptedSenderData));
  } finally {
    wipe([key, nonce]);
  }
}
