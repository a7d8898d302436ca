import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, noBytes } from '../bytes.ts';
import { signWithLabel } from '../crypto/labels.ts';
import { toLeafIndex } from '../indices.ts';
import { type Content, writeFramedContent } from '../structures/framed-content.ts';
import { encodePrivateMessageContent } from '../structures/private-message.ts';
import type { Proposal } from '../structures/proposal.ts';
import type { Sender } from '../structures/sender.ts';
import { madeUpKeyPackage } from '../structures/testing/made-up-key-package.ts';
import { signContent, verifyContent } from './content-signature.ts';
import { protectPublic } from './public-protection.ts';
import { codeOf } from './testing/code-of.ts';
import { alice, Epoch, handmade } from './testing/epoch.ts';

const application: Content = { type: 'application', data: Uint8Array.of(1, 2, 3) };
const removal: Content = { type: 'proposal', proposal: { type: 'remove', removed: toLeafIndex(3) } };
const commit: Content = { type: 'commit', commit: { proposals: [], path: undefined } };

let epoch: Epoch;
beforeAll(async () => {
  epoch = await Epoch.open(1);
});

async function codeOfReceiving(bytes: Bytes): Promise<string> {
  return codeOf(() => epoch.receive(bytes));
}

async function plaintextOf(content: Content, padding = 0): Promise<Bytes> {
  const { auth } = await epoch.sign(content, 'mls_private_message');
  return encodePrivateMessageContent({ content, auth }, padding);
}

describe('a message that keeps the rules', () => {
  it.each([
    ['application data in private', application, 'mls_private_message'],
    ['a proposal in private', removal, 'mls_private_message'],
    ['a commit in private', commit, 'mls_private_message'],
    ['a proposal in public', removal, 'mls_public_message'],
    ['a commit in public', commit, 'mls_public_message'],
  ] as const)('is taken: %s', async (_what, content, wireFormat) => {
    const { authenticated } = await epoch.receive(await epoch.send(content, wireFormat));
    expect(authenticated.content.content).toEqual(content);
    expect(authenticated.content.sender).toEqual({ type: 'member', leafIndex: alice });
  });

  it('is taken when a hostile member makes it by hand as the rules say: what is refused below is refused for its one fault', async () => {
    const contentType = 'application';
    expect(
      await codeOfReceiving(await epoch.sendHostile({ plaintext: await plaintextOf(application, 4), contentType })),
    ).toBe('accepted');
    expect(await codeOfReceiving(epoch.publicBytes(await epoch.sign(commit, 'mls_public_message')))).toBe('accepted');
  });
});

describe('section 6: the frame', () => {
  it('refuses application data in a PublicMessage', async () => {
    expect(await codeOfReceiving(epoch.publicBytes(await epoch.sign(application, 'mls_public_message')))).toBe(
      'public_application_message',
    );
  });

  it('refuses to send application data in a PublicMessage', async () => {
    const authenticated = await epoch.sign(application, 'mls_public_message');
    expect(await codeOf(() => protectPublic(epoch.suite, authenticated, epoch.membership))).toBe(
      'public_application_message',
    );
  });

  it.each([0, 2, 0xffff])('refuses version %d', async (version) => {
    const bytes = await epoch.send(removal, 'mls_public_message');
    new DataView(bytes.buffer).setUint16(0, version);
    expect(await codeOfReceiving(bytes)).toBe('unsupported_version');
  });

  it.each([0, 6, 0xffff])('refuses wire format %d', async (wireFormat) => {
    const bytes = await epoch.send(removal, 'mls_public_message');
    new DataView(bytes.buffer).setUint16(2, wireFormat);
    expect(await codeOfReceiving(bytes)).toBe('unknown_enumeration');
  });

  it.each([0, 4, 255])('refuses content type %d, and sender type %d as well as 5', async (type) => {
    const { groupId, epoch: number } = epoch.groupContext;
    const framed = (senderType: number, contentType: number) =>
      handmade((writer) => {
        writer.u16(1);
        writer.u16(1);
        writer.opaque(groupId);
        writer.u64(number);
        writer.u8(senderType);
        writer.u32(alice);
        writer.opaque(noBytes);
        writer.u8(contentType);
        writer.opaque(noBytes);
        writer.opaque(noBytes);
        writer.opaque(noBytes);
      });
    expect(await codeOfReceiving(framed(1, 1))).toBe('public_application_message');
    expect(await codeOfReceiving(framed(1, type))).toBe('unknown_enumeration');
    expect(await codeOfReceiving(framed(type === 4 ? 5 : type, 1))).toBe('unknown_enumeration');
  });
});

describe('section 6.1: who signs what', () => {
  it('refuses what was signed for the other wire format', async () => {
    const inPublic = await epoch.sign(removal, 'mls_public_message', { signedAs: 'mls_private_message' });
    expect(await codeOfReceiving(epoch.publicBytes(inPublic))).toBe('forged');
    const { auth } = await epoch.sign(removal, 'mls_private_message', { signedAs: 'mls_public_message' });
    const plaintext = encodePrivateMessageContent({ content: removal, auth }, 0);
    expect(await codeOfReceiving(await epoch.sendHostile({ plaintext, contentType: 'proposal' }))).toBe('forged');
  });

  it('refuses to send what was signed for the other wire format', async () => {
    const authenticated = await epoch.sign(removal, 'mls_private_message');
    expect(await codeOf(() => protectPublic(epoch.suite, authenticated, epoch.membership))).toBe('wrong_wire_format');
  });

  it('refuses the signature of another member, and one over another epoch', async () => {
    const authenticated = await epoch.sign(removal, 'mls_public_message');
    const other = await Epoch.open(1);
    const { auth } = await other.sign(removal, 'mls_public_message');
    expect(await codeOfReceiving(epoch.publicBytes({ ...authenticated, auth }))).toBe('forged');
    const later = { ...authenticated, content: { ...authenticated.content, epoch: 8n } };
    expect(await codeOfReceiving(epoch.publicBytes(later))).toBe('forged');
  });

  it('does not sign for a member without the GroupContext', async () => {
    const { content } = await epoch.sign(removal, 'mls_public_message');
    const { privateKey } = epoch.signer;
    const unbound = { wireFormat: 'mls_public_message', content, privateKey, groupContext: undefined } as const;
    expect(await codeOf(() => signContent(epoch.suite, unbound))).toBe('group_context_missing');
    const authenticated = await epoch.sign(removal, 'mls_public_message');
    const { publicKey } = epoch.signer;
    expect(await codeOf(() => verifyContent(epoch.suite, authenticated, publicKey, undefined))).toBe(
      'group_context_missing',
    );
  });
});

describe('section 6.1: what a sender that is no member may send', () => {
  const external: Sender = { type: 'external', senderIndex: 0 };
  const add: Proposal = { type: 'add', keyPackage: madeUpKeyPackage() };
  const leafNode = add.keyPackage.leafNode;
  const withPath: Content = { type: 'commit', commit: { proposals: [], path: { leafNode, nodes: [] } } };
  const proposal = (value: Proposal): Content => ({ type: 'proposal', proposal: value });
  const psk: Proposal = { type: 'psk', psk: { type: 'external', pskId: noBytes, nonce: noBytes } };
  const reinit: Proposal = { type: 'reinit', groupId: noBytes, version: 1, cipherSuite: 1, extensions: [] };

  it.each([
    ['an Add of an external sender', external, proposal(add), 'accepted'],
    ['a Remove of an external sender', external, removal, 'accepted'],
    ['a PreSharedKey of an external sender', external, proposal(psk), 'accepted'],
    ['a ReInit of an external sender', external, proposal(reinit), 'accepted'],
    [
      'a GroupContextExtensions of an external sender',
      external,
      proposal({ type: 'group_context_extensions', extensions: [] }),
      'accepted',
    ],
    ['an Update of an external sender', external, proposal({ type: 'update', leafNode }), 'external_sender_content'],
    [
      'an ExternalInit of an external sender',
      external,
      proposal({ type: 'external_init', kemOutput: noBytes }),
      'external_sender_content',
    ],
    ['a commit of an external sender', external, withPath, 'external_sender_content'],
    ['application data of an external sender', external, application, 'public_application_message'],
    ['an Add of a new member', { type: 'new_member_proposal' }, proposal(add), 'accepted'],
    ['a Remove of a new member', { type: 'new_member_proposal' }, removal, 'new_member_proposal_content'],
    [
      'a commit as the proposal of a new member',
      { type: 'new_member_proposal' },
      withPath,
      'new_member_proposal_content',
    ],
    ['a commit of a new member', { type: 'new_member_commit' }, withPath, 'accepted'],
    [
      'a commit of a new member without a path, and so without a key',
      { type: 'new_member_commit' },
      commit,
      'new_member_commit_content',
    ],
    [
      'a proposal as the commit of a new member',
      { type: 'new_member_commit' },
      proposal(add),
      'new_member_commit_content',
    ],
  ] as const)('%s', async (_what, sender, content, code) => {
    const authenticated = await epoch.sign(content, 'mls_public_message', { sender });
    expect(await codeOfReceiving(epoch.publicBytes(authenticated))).toBe(code);
    const isApplication = content.type === 'application';
    if (!isApplication)
      expect(await codeOf(() => protectPublic(epoch.suite, authenticated, epoch.membership))).toBe(code);
  });

  it.each([
    ['a member without the GroupContext in what it signed', { type: 'member', leafIndex: alice }, removal],
    ['a new member without the GroupContext in what it signed', { type: 'new_member_commit' }, withPath],
    ['an external sender with the GroupContext in what it signed', external, removal],
    [
      'a new member with the GroupContext in the proposal that it signed',
      { type: 'new_member_proposal' },
      proposal(add),
    ],
  ] as const)('refuses %s', async (_what, sender, content) => {
    const authenticated = await epoch.sign(content, 'mls_public_message', { sender });
    const covered = sender.type === 'external' || sender.type === 'new_member_proposal';
    const toBeSigned = handmade((writer) => {
      writer.u16(1);
      writer.u16(1);
      writeFramedContent(writer, authenticated.content);
      if (covered) writer.fixed(epoch.contextBytes);
    });
    const signature = await signWithLabel(epoch.suite, epoch.signer.privateKey, 'FramedContentTBS', toBeSigned);
    const wrong = { ...authenticated, auth: { ...authenticated.auth, signature } };
    expect(await codeOfReceiving(epoch.publicBytes(authenticated))).toBe('accepted');
    expect(await codeOfReceiving(epoch.publicBytes(wrong))).toBe('forged');
  });
});
