import { type Bytes, noBytes } from '../../bytes.ts';
import { encode, type Writer } from '../../codec/writer.ts';
import type { CipherSuite, SignatureKeyPair } from '../../crypto/cipher-suite.ts';
import { cipherSuite } from '../../crypto/suites.ts';
import { type LeafIndex, toLeafIndex } from '../../indices.ts';
import { createSecretTree, nextMessageKey, type RatchetType, type SecretTree } from '../../schedule/secret-tree.ts';
import { senderDataKey } from '../../schedule/sender-data.ts';
import type { AuthenticatedContent, ContentWireFormat } from '../../structures/authenticated-content.ts';
import type { ContentType } from '../../structures/enumerations.ts';
import type { Content } from '../../structures/framed-content.ts';
import { authenticatedContentToBeMaced } from '../../structures/framed-content-tbs.ts';
import { encodeGroupContext, type GroupContext } from '../../structures/group-context.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../../structures/mls-message.ts';
import {
  encodeSenderData,
  type PrivateMessage,
  type PrivateMessageHead,
  privateContentAad,
  senderDataAad,
} from '../../structures/private-message.ts';
import type { Sender } from '../../structures/sender.ts';
import { signContent, verifyContent } from '../content-signature.ts';
import { protectPrivate, unprotectPrivate } from '../private-protection.ts';
import { protectPublic, unprotectPublic } from '../public-protection.ts';

/** Whose messages the tests look at. Leaf 2 is blank. */
export const alice = toLeafIndex(1);
const members: ReadonlySet<LeafIndex> = new Set([0, 1, 3].map(toLeafIndex));

/** What a receiver takes a message to be. */
export interface Received {
  readonly authenticated: AuthenticatedContent;
  /** The secret tree after it. */
  readonly secretTree: SecretTree;
}

/** One epoch of a group of three, at the level of framing, with all that its members know. Every byte but the keys is the same each time. */
export class Epoch {
  readonly suite: CipherSuite;
  readonly groupContext: GroupContext;
  readonly signer: SignatureKeyPair;
  readonly senderDataSecret: Bytes;
  readonly membershipKey: Bytes;
  readonly #encryptionSecret: Bytes;

  private constructor(suite: CipherSuite, signer: SignatureKeyPair) {
    this.suite = suite;
    this.signer = signer;
    this.groupContext = {
      cipherSuite: suite.id,
      groupId: suite.hash(Uint8Array.of(0)).subarray(0, 16),
      epoch: 7n,
      treeHash: suite.hash(Uint8Array.of(1)),
      confirmedTranscriptHash: suite.hash(Uint8Array.of(2)),
      extensions: [],
    };
    this.senderDataSecret = suite.hash(Uint8Array.of(3));
    this.membershipKey = suite.hash(Uint8Array.of(4));
    this.#encryptionSecret = suite.hash(Uint8Array.of(5));
  }

  static async open(suiteId: number): Promise<Epoch> {
    const suite = await cipherSuite(suiteId);
    return new Epoch(suite, await suite.signature.generateKeyPair());
  }

  get contextBytes(): Bytes {
    return encodeGroupContext(this.groupContext);
  }

  get membership() {
    return { membershipKey: this.membershipKey, groupContext: this.contextBytes };
  }

  /** Returns the secret tree as the epoch begins with it. */
  secretTree(): SecretTree {
    return createSecretTree(this.#encryptionSecret.slice(), 4);
  }

  /** Returns a content as Alice, or who is said, signs it. */
  async sign(
    content: Content,
    wireFormat: ContentWireFormat,
    other: { readonly sender?: Sender; readonly signedAs?: ContentWireFormat; readonly confirmationTag?: Bytes } = {},
  ): Promise<AuthenticatedContent> {
    const framed = {
      groupId: this.groupContext.groupId,
      epoch: this.groupContext.epoch,
      sender: other.sender ?? { type: 'member', leafIndex: alice },
      authenticatedData: Uint8Array.of(9, 8, 7),
      content,
    } as const;
    const { privateKey } = this.signer;
    const signed = { wireFormat: other.signedAs ?? wireFormat, content: framed, privateKey };
    const signature = await signContent(this.suite, { ...signed, groupContext: this.contextBytes });
    const tag = other.confirmationTag ?? this.suite.hash(Uint8Array.of(6));
    return {
      wireFormat,
      content: framed,
      auth: { signature, confirmationTag: content.type === 'commit' ? tag : undefined },
    };
  }

  /** Returns the bytes of a message that keeps all rules. */
  async send(content: Content, wireFormat: ContentWireFormat): Promise<Bytes> {
    const authenticated = await this.sign(content, wireFormat);
    if (wireFormat === 'mls_public_message') {
      const publicMessage = protectPublic(this.suite, authenticated, this.membership);
      return encodeMlsMessage({ wireFormat, publicMessage });
    }
    const { message } = await protectPrivate(this.suite, {
      authenticated,
      secretTree: this.secretTree(),
      senderDataSecret: this.senderDataSecret,
      padding: 5,
      random: (length) => new Uint8Array(length).fill(0xb7),
    });
    return encodeMlsMessage({ wireFormat, privateMessage: message });
  }

  /** Returns the bytes of a PublicMessage without asking whether it may be sent, its membership tag right. */
  publicBytes(authenticated: AuthenticatedContent): Bytes {
    const { content, auth } = authenticated;
    const covered = authenticatedContentToBeMaced(authenticated, this.contextBytes);
    const membershipTag = this.suite.mac(this.membershipKey, covered);
    return encodeMlsMessage({ wireFormat: 'mls_public_message', publicMessage: { content, auth, membershipTag } });
  }

  /** Returns the bytes of a PrivateMessage in which every part may be as a hostile member wants it. */
  async sendHostile(parts: {
    readonly plaintext: Bytes;
    readonly contentType: ContentType;
    readonly ratchet?: RatchetType;
    readonly leaf?: LeafIndex;
    readonly generation?: number;
    readonly senderData?: (encoded: Bytes) => Bytes;
  }): Promise<Bytes> {
    const { plaintext, contentType } = parts;
    const ratchet = parts.ratchet ?? (contentType === 'application' ? 'application' : 'handshake');
    const { groupId, epoch } = this.groupContext;
    const head: PrivateMessageHead = { groupId, epoch, contentType, authenticatedData: Uint8Array.of(9, 8, 7) };
    const { key, nonce, generation } = nextMessageKey(this.suite, this.secretTree(), alice, ratchet);
    const ciphertext = await this.suite.aead.seal(key, nonce, privateContentAad(head), plaintext);
    const reuseGuard = new Uint8Array(4);
    const named = { leafIndex: parts.leaf ?? alice, generation: parts.generation ?? generation, reuseGuard };
    const senderData = (parts.senderData ?? ((encoded) => encoded))(encodeSenderData(named));
    const outer = senderDataKey(this.suite, this.senderDataSecret, ciphertext);
    const encryptedSenderData = await this.suite.aead.seal(outer.key, outer.nonce, senderDataAad(head), senderData);
    const privateMessage: PrivateMessage = { ...head, encryptedSenderData, ciphertext };
    return encodeMlsMessage({ wireFormat: 'mls_private_message', privateMessage });
  }

  /** Returns what the message says when its protection holds and its signature is Alice's. Throws an MlsError, or a `ForgedMessage`. */
  async receive(bytes: Uint8Array, secretTree: SecretTree = this.secretTree()): Promise<Received> {
    const received = await this.#unprotect(bytes, secretTree);
    const verified = await verifyContent(this.suite, received.authenticated, this.signer.publicKey, this.contextBytes);
    if (!verified) throw new ForgedMessage('The signature is not that of the sender.');
    return received;
  }

  async #unprotect(bytes: Uint8Array, secretTree: SecretTree): Promise<Received> {
    const message = decodeMlsMessage(bytes);
    if (message.wireFormat === 'mls_public_message') {
      return { authenticated: unprotectPublic(this.suite, message.publicMessage, this.membership), secretTree };
    }
    if (message.wireFormat !== 'mls_private_message') throw new ForgedMessage('This is no message of a group.');
    const { senderDataSecret } = this;
    const options = { message: message.privateMessage, secretTree, senderDataSecret, members };
    return unprotectPrivate(this.suite, options);
  }
}

/** What the caller of this room refuses: a signature that does not verify, or another kind of message. */
export class ForgedMessage extends Error {}

/** Returns bytes that a hostile member writes in place of a structure. */
export function handmade(write: (writer: Writer) => void): Bytes {
  return encode((writer) => write(writer), noBytes);
}
