import { expect, test } from 'vitest';
import type { LabMessage } from '../../lab/run/scenario.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { alterationsOf } from './alterations.ts';

const message = (before: object, after: object, altered: readonly string[]): LabMessage => ({
  number: 1,
  at: 0,
  from: 'traveller',
  to: 'helper',
  kind: 'CLIENT_HELLO',
  sent: JSON.stringify(before),
  delivered: JSON.stringify(after),
  altered,
  deed: 'altered',
});

const bytes = (change: (bytes: Uint8Array) => void = () => undefined) => {
  const made = new Uint8Array(32).fill(0x4f);
  change(made);
  return encodeBase64(made);
};

test('one flipped bit of base64 bytes is named: which byte, which bit, before and after', () => {
  const flipped = bytes((all) => {
    all[16] = 0x0f;
  });
  const [found] = alterationsOf(message({ nonce: bytes() }, { nonce: flipped }, ['nonce']));
  expect(found?.bit).toBe('bit 6 of byte 16 of 32: 4f → 0f');
});

test.each([
  [
    'two bits of one byte',
    bytes((all) => {
      all[3] = 0x4c;
    }),
  ],
  [
    'bits of two bytes',
    bytes((all) => {
      all[3] = 0x4e;
      all[4] = 0x4e;
    }),
  ],
  ['no base64', 'altered'],
])('%s are no flipped bit', (_, nonce) => {
  expect(alterationsOf(message({ nonce: bytes() }, { nonce }, ['nonce']))[0]?.bit).toBeUndefined();
});

test('a member that was dropped has no new value, one that was added no old one', () => {
  expect(alterationsOf(message({ a: { b: 1 } }, { a: {} }, ['a.b']))).toEqual([{ path: 'a.b', before: '1' }]);
  expect(alterationsOf(message({}, { c: 'x' }, ['c']))).toEqual([{ path: 'c', after: 'x' }]);
});
