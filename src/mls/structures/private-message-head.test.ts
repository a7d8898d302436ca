import { expect, it } from 'vitest';
import { concat } from '../bytes.ts';
import { decodeMlsMessage, decodePrivateMessageHead, encodeMlsMessage } from './mls-message.ts';

const head = {
  groupId: Uint8Array.of(1, 2, 3),
  epoch: 7n,
  contentType: 'commit',
  authenticatedData: Uint8Array.of(4),
} as const;
const message = encodeMlsMessage({
  wireFormat: 'mls_private_message',
  privateMessage: { ...head, encryptedSenderData: new Uint8Array(28), ciphertext: new Uint8Array(300) },
});

it('reads the clear head of a PrivateMessage without what is encrypted', () => {
  expect(decodePrivateMessageHead(message)).toEqual(head);
});

it('takes exactly the bytes that a whole decoder takes', () => {
  for (let length = 0; length < message.length; length++) {
    expect(() => decodePrivateMessageHead(message.subarray(0, length))).toThrow('truncated');
  }
  const longer = concat(message, Uint8Array.of(0));
  for (const decode of [decodeMlsMessage, decodePrivateMessageHead])
    expect(() => decode(longer)).toThrow('trailing_bytes');
  const welcome = encodeMlsMessage({
    wireFormat: 'mls_welcome',
    welcome: { cipherSuite: 1, secrets: [], encryptedGroupInfo: new Uint8Array(3) },
  });
  expect(() => decodePrivateMessageHead(welcome)).toThrow('not_a_private_message');
});
