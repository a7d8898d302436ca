import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, concat } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { toLeafIndex } from '../indices.ts';
import { nextMessageKey } from '../schedule/secret-tree.ts';
import { encodeSecretTree } from '../schedule/secret-tree-storage.ts';
import type { Content } from '../structures/framed-content.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../structures/mls-message.ts';
import { encodePrivateMessageContent } from '../structures/private-message.ts';
import { protectPrivate } from './private-protection.ts';
import { codeOf } from './testing/code-of.ts';
import { alice, Epoch } from './testing/epoch.ts';

const application: Content = { type: 'application', data: Uint8Array.of(1, 2, 3) };
const removal: Content = { type: 'proposal', proposal: { type: 'remove', removed: toLeafIndex(3) } };
const commit: Content = { type: 'commit', commit: { proposals: [], path: undefined } };

let epoch: Epoch;
beforeAll(async () => {
  epoch = await Epoch.open(1);
});

const secrets = () => ({
  secretTree: epoch.secretTree(),
  senderDataSecret: epoch.senderDataSecret,
  padding: 0,
  random: (length: number): Bytes => new Uint8Array(length).fill(0xb7),
});

type Hostile = Parameters<Epoch['sendHostile']>[0];

async function codeOfHostile(parts: Hostile): Promise<string> {
  const bytes = await epoch.sendHostile(parts);
  return codeOf(() => epoch.receive(bytes));
}

async function plaintextOf(content: Content, padding = 0): Promise<Bytes> {
  const { auth } = await epoch.sign(content, 'mls_private_message');
  return encodePrivateMessageContent({ content, auth }, padding);
}

describe('section 6.3.1: the encrypted content', () => {
  it('is refused when its padding holds anything but zeros, wherever', async () => {
    const plaintext = await plaintextOf(application, 20);
    expect(await codeOfHostile({ plaintext, contentType: 'application' })).toBe('accepted');
    for (let place = 1; place <= 20; place++) {
      const padded = plaintext.slice();
      padded[plaintext.length - place] = place;
      expect(await codeOfHostile({ plaintext: padded, contentType: 'application' })).toBe('nonzero_padding');
    }
  });

  it('is refused when it is another type of content than the frame says', async () => {
    for (const [content, contentType, codes] of [
      [commit, 'proposal', ['unsupported_proposal_type', 'unsupported_proposal_type']],
      [commit, 'application', ['nonzero_padding', 'nonzero_padding']],
      [removal, 'commit', ['invalid_optional', 'invalid_optional']],
      [removal, 'application', ['nonzero_padding', 'nonzero_padding']],
      [application, 'proposal', ['unsupported_proposal_type', 'unsupported_proposal_type']],
      [application, 'commit', ['unsupported_proposal_type', 'unsupported_proposal_type']],
    ] as const) {
      const found = [0, 300].map(async (padding) => {
        return codeOfHostile({ plaintext: await plaintextOf(content, padding), contentType });
      });
      expect(await Promise.all(found), `${content.type} as ${contentType}`).toEqual(codes);
    }
  });

  it('is refused when it is encrypted with the other ratchet of its sender', async () => {
    for (const [content, contentType, ratchet] of [
      [application, 'application', 'handshake'],
      [removal, 'proposal', 'application'],
      [commit, 'commit', 'application'],
    ] as const) {
      const plaintext = await plaintextOf(content);
      expect(await codeOfHostile({ plaintext, contentType })).toBe('accepted');
      expect(await codeOfHostile({ plaintext, contentType, ratchet })).toBe('decryption_failed');
    }
  });

  it('is refused when it is cut', async () => {
    const plaintext = await plaintextOf(commit);
    for (let length = 0; length < plaintext.length; length++) {
      expect(await codeOfHostile({ plaintext: plaintext.slice(0, length), contentType: 'commit' })).toBe('truncated');
    }
  });

  it('is refused when the clear head around it is another', async () => {
    const bytes = await epoch.send(application, 'mls_private_message');
    const decoded = decodeMlsMessage(bytes);
    if (decoded.wireFormat !== 'mls_private_message') throw new Error('It is a PrivateMessage.');
    for (const changed of [
      { groupId: Uint8Array.of(1) },
      { epoch: 8n },
      { contentType: 'proposal' },
      { authenticatedData: Uint8Array.of(9, 8, 6) },
    ] as const) {
      const privateMessage = { ...decoded.privateMessage, ...changed };
      const altered = encodeMlsMessage({ wireFormat: 'mls_private_message', privateMessage });
      expect(await codeOf(() => epoch.receive(altered))).toBe('decryption_failed');
    }
  });
});

describe('section 6.3.2: the sender data', () => {
  it('is refused when it names a leaf that is blank, beyond the tree, or any at all', async () => {
    const plaintext = await plaintextOf(application);
    for (const leaf of [2, 4, 7, 65_536, 0x7fff_ffff, 0xffff_ffff]) {
      const parts: Hostile = { plaintext, contentType: 'application', leaf: toLeafIndex(leaf) };
      expect(await codeOfHostile(parts)).toBe('unknown_sender_leaf');
    }
  });

  it('is refused when it names another member: the key is not that one’s', async () => {
    const plaintext = await plaintextOf(application);
    for (const leaf of [0, 3]) {
      const parts: Hostile = { plaintext, contentType: 'application', leaf: toLeafIndex(leaf) };
      expect(await codeOfHostile(parts)).toBe('decryption_failed');
    }
  });

  it('is refused when it names another generation, near or far', async () => {
    const plaintext = await plaintextOf(application);
    for (const [generation, code] of [
      [1, 'decryption_failed'],
      [200, 'decryption_failed'],
      [1000, 'generation_too_far'],
      [0xffff_ffff, 'generation_too_far'],
    ] as const) {
      expect(await codeOfHostile({ plaintext, contentType: 'application', generation })).toBe(code);
    }
  });

  it('is refused when it is shorter or longer than 12 bytes', async () => {
    const plaintext = await plaintextOf(application);
    for (let length = 0; length < 12; length++) {
      const senderData = (encoded: Bytes) => encoded.slice(0, length);
      expect(await codeOfHostile({ plaintext, contentType: 'application', senderData })).toBe('truncated');
    }
    const senderData = (encoded: Bytes) => concat(encoded, Uint8Array.of(0));
    expect(await codeOfHostile({ plaintext, contentType: 'application', senderData })).toBe('trailing_bytes');
  });

  it('is refused with another reuse guard than the one that the nonce was made with', async () => {
    const plaintext = await plaintextOf(application);
    for (let place = 8; place < 12; place++) {
      const senderData = (encoded: Bytes) => encoded.map((byte, index) => (index === place ? byte ^ 1 : byte));
      expect(await codeOfHostile({ plaintext, contentType: 'application', senderData })).toBe('decryption_failed');
    }
  });

  it('is not made for a sender that is no member', async () => {
    const sender = { type: 'external', senderIndex: 0 } as const;
    const authenticated = await epoch.sign(removal, 'mls_private_message', { sender });
    expect(await codeOf(() => protectPrivate(epoch.suite, { ...secrets(), authenticated }))).toBe(
      'private_sender_not_member',
    );
  });
});

/** A suite that notes the nonces it seals with. */
function noting(suite: CipherSuite, nonces: Bytes[]): CipherSuite {
  const { aead } = suite;
  const seal: typeof aead.seal = (key, nonce, aad, plaintext) => {
    nonces.push(nonce.slice());
    return aead.seal(key, nonce, aad, plaintext);
  };
  return { ...suite, aead: { ...aead, seal } };
}

describe('the reuse guard (section 6.3.1)', () => {
  it('is four fresh bytes over the first four of the nonce', async () => {
    const authenticated = await epoch.sign(application, 'mls_private_message');
    const nonces: Bytes[] = [];
    const asked: number[] = [];
    let fill = 0;
    const random = (length: number): Bytes => {
      asked.push(length);
      return new Uint8Array(length).fill(++fill);
    };
    const suite = noting(epoch.suite, nonces);
    await protectPrivate(suite, { ...secrets(), authenticated, random });
    await protectPrivate(suite, { ...secrets(), authenticated, random });
    const { nonce } = nextMessageKey(epoch.suite, epoch.secretTree(), alice, 'application');
    expect(asked).toEqual([4, 4]);
    // Content and sender data, twice: the state that was lost in between gives the same key and another nonce.
    expect(nonces.length).toBe(4);
    expect(nonces[0]).toEqual(nonce.map((byte, index) => (index < 4 ? byte ^ 1 : byte)));
    expect(nonces[2]).toEqual(nonce.map((byte, index) => (index < 4 ? byte ^ 2 : byte)));
    expect(nonces[1]).not.toEqual(nonces[3]);
  });
});

describe('the secret tree (section 9.2)', () => {
  it('takes no message twice, and takes those that come out of order', async () => {
    const messages: Bytes[] = [];
    let { secretTree } = secrets();
    for (const data of [1, 2, 3, 4]) {
      const authenticated = await epoch.sign({ type: 'application', data: Uint8Array.of(data) }, 'mls_private_message');
      const sent = await protectPrivate(epoch.suite, { ...secrets(), secretTree, authenticated });
      expect([sent.generation, sent.opened]).toEqual([data - 1, data === 1]);
      ({ secretTree } = sent);
      messages.push(encodeMlsMessage({ wireFormat: 'mls_private_message', privateMessage: sent.message }));
    }
    let received = secrets().secretTree;
    for (const place of [2, 0, 3, 1]) {
      const bytes = messages[place] ?? new Uint8Array(0);
      const { authenticated, secretTree: after } = await epoch.receive(bytes, received);
      expect(authenticated.content.content).toEqual({ type: 'application', data: Uint8Array.of(place + 1) });
      received = after;
      expect(await codeOf(() => epoch.receive(bytes, received))).toBe('generation_consumed');
    }
  });

  it('is as it was after a message that is refused, and after one that is taken', async () => {
    const tree = epoch.secretTree();
    const before = encodeSecretTree(tree);
    const bytes = await epoch.send(application, 'mls_private_message');
    const altered = bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));
    expect(await codeOf(() => epoch.receive(altered, tree))).toBe('decryption_failed');
    expect(encodeSecretTree(tree)).toEqual(before);
    expect(await codeOf(() => epoch.receive(bytes, tree))).toBe('accepted');
    expect(encodeSecretTree(tree)).toEqual(before);
  });
});
