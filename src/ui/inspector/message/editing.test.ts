import { expect, test } from 'vitest';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { envelopeBytes } from '../wire/envelope-parts.ts';
import { madeEnvelope } from '../wire/testing/made-envelope.ts';
import { binaryEditing, jsonEditing } from './editing.ts';

const envelope = encodeBase64(madeEnvelope(30));
const paths = envelopeBytes(envelope).parts.map(({ path }) => path);

test.each(paths)('%s of a binary envelope: one flipped bit, named, and nothing else changes', (path) => {
  const flipped = binaryEditing.flip(envelope, path);
  const [before, after] = [envelope, flipped].map((body) => envelopeBytes(body).bytes);
  expect(after?.length).toBe(before?.length);
  expect([...(after ?? [])].filter((byte, at) => byte !== before?.[at])).toHaveLength(1);
  // A length that has changed moves every part behind it.
  if (path !== 'header_length') expect(binaryEditing.differing(envelope, flipped, path)).toMatch(/^bit 0 of byte /);
});

test('a header’s member is edited as text, everything else as hex', () => {
  expect(binaryEditing.read(envelope, 'sequence')).toBe('4');
  expect(binaryEditing.read(envelope, 'encrypted_payload.iv')).toBe('02 '.repeat(12).trim());
  const numbered = binaryEditing.write(envelope, 'sequence', '5') ?? '';
  expect(envelopeBytes(numbered).header).toContain('"sequence":5');
  const shorter = binaryEditing.write(envelope, 'encrypted_payload.ciphertext', 'ff 00') ?? '';
  expect(binaryEditing.read(shorter, 'encrypted_payload.ciphertext')).toBe('ff 00');
  for (const text of ['f', 'xx', '0x00']) {
    expect(binaryEditing.write(envelope, 'encrypted_payload.ciphertext', text)).toBeUndefined();
  }
});

test('JSON is edited as before', () => {
  const body = '{"a":1,"b":"x"}';
  expect(jsonEditing.read(body, 'b')).toBe('"x"');
  expect(jsonEditing.write(body, 'b', '2')).toBe('{"a":1,"b":2}');
});
