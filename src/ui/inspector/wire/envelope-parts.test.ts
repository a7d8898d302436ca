import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { envelopeBytes } from './envelope-parts.ts';
import { envelopeWords } from './envelope-words.ts';
import { madeEnvelope, madeHeader } from './testing/made-envelope.ts';

const n = madeHeader.length;

test('a binary envelope is its length, the members of its header, signature, IV, tag and ciphertext', () => {
  const bytes = madeEnvelope(100);
  const { parts, header, sizes, missing } = envelopeBytes(encodeBase64(bytes));
  expect([header, missing]).toEqual([madeHeader, 0]);
  const values = parts.map(({ path, value, isText }) => {
    const part = bytes.subarray(value.from, value.to);
    return [path, isText ? new TextDecoder().decode(part) : `${part.length} of ${part[0]}`];
  });
  expect(values).toEqual([
    ['header_length', '2 of 0'],
    ['epoch', '0'],
    ['sender_id', '"helper_agent_001"'],
    ['sequence', '4'],
    ['session_id', '"a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"'],
    ['timestamp', '1790000000'],
    ['signature', '64 of 1'],
    ['encrypted_payload.iv', '12 of 2'],
    ['encrypted_payload.tag', '16 of 3'],
    ['encrypted_payload.ciphertext', '100 of 4'],
  ]);
  expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBe(bytes.length);
  expect(envelopeWords(sizes)).toBe(
    `A binary envelope, in bytes: length 2 ‖ header ${n} ‖ signature 64 ‖ IV 12 ‖ tag 16 ‖ ciphertext 100.`,
  );
});

test('of an envelope that was kept in part, the head is whole, and what is missing is counted', () => {
  const bytes = madeEnvelope(70_000);
  const { parts, sizes, missing } = envelopeBytes(encodeBase64(bytes.subarray(0, 16 * 1_024)), bytes.length);
  expect(missing).toBe(bytes.length - 16 * 1_024);
  expect(parts.map(({ path }) => path)).toContain('encrypted_payload.ciphertext');
  expect(Object.fromEntries(sizes)).toMatchObject({ signature: 64, tag: 16, ciphertext: 70_000 });
});

test('a header that is no JSON object is one part', () => {
  const bytes = madeEnvelope(1);
  bytes[2] = 0x5b;
  expect(envelopeBytes(encodeBase64(bytes)).parts.map(({ path }) => path)).toEqual([
    'header_length',
    'header',
    'signature',
    'encrypted_payload.iv',
    'encrypted_payload.tag',
    'encrypted_payload.ciphertext',
  ]);
});

test('any bytes are read, and parts never leave them or overlap', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(3), (tail, first) => {
      const bytes = Uint8Array.from([0, 60 * first, ...tail]);
      let at = 0;
      for (const { whole, value } of envelopeBytes(encodeBase64(bytes)).parts) {
        expect(whole.from).toBeGreaterThanOrEqual(at);
        expect(value.from).toBeGreaterThanOrEqual(whole.from);
        expect(value.to).toBe(whole.to);
        at = whole.to;
      }
      expect(at).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
