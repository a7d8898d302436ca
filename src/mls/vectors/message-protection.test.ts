import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { decode } from '../codec/reader.ts';
import { encode } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { signContent, verifyContent } from '../framing/content-signature.ts';
import { protectPrivate, unprotectPrivate } from '../framing/private-protection.ts';
import { protectPublic, unprotectPublic } from '../framing/public-protection.ts';
import { toLeafIndex } from '../indices.ts';
import { createSecretTree } from '../schedule/secret-tree.ts';
import type { AuthenticatedContent, ContentWireFormat } from '../structures/authenticated-content.ts';
import { readCommit, writeCommit } from '../structures/commit.ts';
import type { Content } from '../structures/framed-content.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../structures/mls-message.ts';
import { readProposal, writeProposal } from '../structures/proposal.ts';
import { checkSuiteVectors, hex, u64 } from './testing/load.ts';

const entries = {
  cipher_suite: v.number(),
  group_id: hex,
  epoch: u64,
  tree_hash: hex,
  confirmed_transcript_hash: hex,
  signature_priv: hex,
  signature_pub: hex,
  encryption_secret: hex,
  sender_data_secret: hex,
  membership_key: hex,
  proposal: hex,
  proposal_pub: hex,
  proposal_priv: hex,
  commit: hex,
  commit_pub: hex,
  commit_priv: hex,
  application: hex,
  application_priv: hex,
};

type Case = v.InferOutput<v.ObjectSchema<typeof entries, undefined>>;

const sender = toLeafIndex(1);
const members = new Set([toLeafIndex(0), sender]);

/** The members of one case, who protect and open messages with the case's secrets. */
class Epoch {
  readonly #suite: CipherSuite;
  readonly #value: Case;
  readonly #groupContext: Bytes;

  constructor(suite: CipherSuite, value: Case) {
    this.#suite = suite;
    this.#value = value;
    this.#groupContext = encodeGroupContext({
      cipherSuite: suite.id,
      groupId: value.group_id,
      epoch: value.epoch,
      treeHash: value.tree_hash,
      confirmedTranscriptHash: value.confirmed_transcript_hash,
      extensions: [],
    });
  }

  get #membership() {
    return { membershipKey: this.#value.membership_key, groupContext: this.#groupContext };
  }

  get #secrets() {
    const secretTree = createSecretTree(this.#value.encryption_secret.slice(), 2);
    return { secretTree, senderDataSecret: this.#value.sender_data_secret };
  }

  /** Returns the content of a message whose tag or encryption, and whose signature, are right. */
  async open(bytes: Bytes): Promise<Content> {
    const message = decodeMlsMessage(bytes);
    const authenticated = await this.#unprotect(message);
    const { signature_pub } = this.#value;
    expect(await verifyContent(this.#suite, authenticated, signature_pub, this.#groupContext)).toBe(true);
    expect(authenticated.content.sender).toEqual({ type: 'member', leafIndex: sender });
    return authenticated.content.content;
  }

  async #unprotect(message: ReturnType<typeof decodeMlsMessage>): Promise<AuthenticatedContent> {
    if (message.wireFormat === 'mls_public_message') {
      return unprotectPublic(this.#suite, message.publicMessage, this.#membership);
    }
    if (message.wireFormat !== 'mls_private_message') throw new Error('This is no message of a member.');
    const options = { message: message.privateMessage, members, ...this.#secrets };
    return (await unprotectPrivate(this.#suite, options)).authenticated;
  }

  /** Returns the bytes of a message of ours. */
  async protect(content: Content, wireFormat: ContentWireFormat): Promise<Bytes> {
    const authenticated = await this.#sign(content, wireFormat);
    if (wireFormat === 'mls_public_message') {
      return encodeMlsMessage({
        wireFormat,
        publicMessage: protectPublic(this.#suite, authenticated, this.#membership),
      });
    }
    const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
    const options = { authenticated, padding: 13, random, ...this.#secrets };
    const { message } = await protectPrivate(this.#suite, options);
    return encodeMlsMessage({ wireFormat, privateMessage: message });
  }

  async #sign(content: Content, wireFormat: ContentWireFormat): Promise<AuthenticatedContent> {
    const framed = {
      groupId: this.#value.group_id,
      epoch: this.#value.epoch,
      sender: { type: 'member', leafIndex: sender },
      authenticatedData: Uint8Array.of(1, 2, 3),
      content,
    } as const;
    const { signature_priv, signature_pub } = this.#value;
    const { privateKey } = await this.#suite.signature.importPrivateKey(signature_priv, signature_pub);
    const signed = { wireFormat, content: framed, privateKey, groupContext: this.#groupContext };
    const signature = await signContent(this.#suite, signed);
    const confirmationTag = content.type === 'commit' ? new Uint8Array(this.#suite.hashLength) : undefined;
    return { wireFormat, content: framed, auth: { signature, confirmationTag } };
  }
}

function encodeContent(content: Content): Bytes {
  if (content.type === 'application') return content.data;
  if (content.type === 'proposal') return encode(writeProposal, content.proposal);
  return encode(writeCommit, content.commit);
}

it('opens every message of the file, and what is made here as well', async () => {
  const tally = await checkSuiteVectors('message-protection', entries, async (value, suite) => {
    const epoch = new Epoch(suite, value);
    const contents: readonly [Content, Bytes, readonly Bytes[]][] = [
      [{ type: 'application', data: value.application }, value.application, [value.application_priv]],
      [
        { type: 'proposal', proposal: decode(readProposal, value.proposal) },
        value.proposal,
        [value.proposal_pub, value.proposal_priv],
      ],
      [
        { type: 'commit', commit: decode(readCommit, value.commit) },
        value.commit,
        [value.commit_pub, value.commit_priv],
      ],
    ];
    for (const [content, raw, messages] of contents) {
      for (const message of messages) expect(encodeContent(await epoch.open(message))).toEqual(raw);
      const own = await epoch.protect(content, 'mls_private_message');
      expect(encodeContent(await epoch.open(own))).toEqual(raw);
      const inPublic = epoch.protect(content, 'mls_public_message');
      if (content.type === 'application') await expect(inPublic).rejects.toThrow(/^public_application_message/);
      else expect(encodeContent(await epoch.open(await inPublic))).toEqual(raw);
    }
  });
  expect(tally.passed).toBeGreaterThan(0);
});
