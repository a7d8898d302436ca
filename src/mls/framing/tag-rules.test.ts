import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, concat, noBytes } from '../bytes.ts';
import { toLeafIndex } from '../indices.ts';
import { writeAuthData } from '../structures/authenticated-content.ts';
import { type Content, writeContentBody } from '../structures/framed-content.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { encodeMlsMessage } from '../structures/mls-message.ts';
import { encodePrivateMessageContent } from '../structures/private-message.ts';
import type { Sender } from '../structures/sender.ts';
import { protectPublic } from './public-protection.ts';
import { codeOf } from './testing/code-of.ts';
import { Epoch, handmade } from './testing/epoch.ts';

const removal: Content = { type: 'proposal', proposal: { type: 'remove', removed: toLeafIndex(3) } };
const commit: Content = { type: 'commit', commit: { proposals: [], path: undefined } };

let epoch: Epoch;
beforeAll(async () => {
  epoch = await Epoch.open(1);
});

async function codeOfReceiving(bytes: Bytes): Promise<string> {
  return codeOf(() => epoch.receive(bytes));
}

describe('section 6.1: the confirmation tag', () => {
  it.each([0, 1, 31, 33])('of %d bytes is refused in a commit', async (length) => {
    const confirmationTag = new Uint8Array(length);
    const authenticated = await epoch.sign(commit, 'mls_public_message', { confirmationTag });
    expect(await codeOfReceiving(epoch.publicBytes(authenticated))).toBe('confirmation_tag_missing');
    expect(await codeOf(() => protectPublic(epoch.suite, authenticated, epoch.membership))).toBe(
      'confirmation_tag_missing',
    );
    const { auth } = await epoch.sign(commit, 'mls_private_message', { confirmationTag });
    const plaintext = encodePrivateMessageContent({ content: commit, auth }, 40);
    expect(await codeOfReceiving(await epoch.sendHostile({ plaintext, contentType: 'commit' }))).toBe(
      'confirmation_tag_missing',
    );
  });

  it('that is missing is refused in a commit, with padding behind it or without', async () => {
    const { auth } = await epoch.sign(commit, 'mls_private_message');
    const withoutTag = (padding: number) =>
      handmade((writer) => {
        writeContentBody(writer, commit);
        writer.opaque(auth.signature);
        writer.fixed(new Uint8Array(padding));
      });
    const send = (padding: number) => epoch.sendHostile({ plaintext: withoutTag(padding), contentType: 'commit' });
    expect(await codeOfReceiving(await send(0))).toBe('truncated');
    expect(await codeOfReceiving(await send(9))).toBe('confirmation_tag_missing');
  });

  it('is not written for anything but a commit, and a commit not without it', async () => {
    const authenticated = await epoch.sign(removal, 'mls_public_message');
    const tagged = { ...authenticated.auth, confirmationTag: new Uint8Array(32) };
    const encoded = handmade((writer) => writeAuthData(writer, tagged, 'proposal'));
    expect(encoded).toEqual(handmade((writer) => writer.opaque(tagged.signature)));
    expect(await codeOf(() => handmade((writer) => writeAuthData(writer, authenticated.auth, 'commit')))).toBe(
      'confirmation_tag_missing',
    );
  });
});

describe('section 6.2: the membership tag', () => {
  it('is refused when it is that of another group, epoch or content, cut, or empty', async () => {
    const authenticated = await epoch.sign(commit, 'mls_public_message');
    const { content, auth } = authenticated;
    const send = (membershipTag: Bytes | undefined) =>
      encodeMlsMessage({ wireFormat: 'mls_public_message', publicMessage: { content, auth, membershipTag } });
    const { membershipTag: right } = protectPublic(epoch.suite, authenticated, epoch.membership);
    expect(await codeOfReceiving(send(right))).toBe('accepted');
    const otherKey = epoch.suite.hash(Uint8Array.of(99));
    const otherContext = encodeGroupContext({ ...epoch.groupContext, epoch: 8n });
    const other = await epoch.sign(commit, 'mls_public_message', { confirmationTag: otherKey });
    for (const tag of [
      protectPublic(epoch.suite, authenticated, { ...epoch.membership, membershipKey: otherKey }).membershipTag,
      protectPublic(epoch.suite, authenticated, { ...epoch.membership, groupContext: otherContext }).membershipTag,
      protectPublic(epoch.suite, other, epoch.membership).membershipTag,
      right?.subarray(0, 31),
      noBytes,
    ]) {
      expect(await codeOfReceiving(send(tag))).toBe('membership_tag_mismatch');
    }
    expect(await codeOf(() => send(undefined))).toBe('membership_tag_missing');
  });

  it('stands behind no message of somebody else: it is left behind there', async () => {
    const sender: Sender = { type: 'external', senderIndex: 0 };
    const bytes = epoch.publicBytes(await epoch.sign(removal, 'mls_public_message', { sender }));
    expect(await codeOfReceiving(bytes)).toBe('accepted');
    expect(await codeOfReceiving(concat(bytes, Uint8Array.of(32), new Uint8Array(32)))).toBe('trailing_bytes');
  });
});
