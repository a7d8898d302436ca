import { expect, test } from 'vitest';
import { withFlippedBit, withValue } from './flip.ts';

const body =
  '{"message_type":"CLIENT_HELLO","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","timestamp":1790000000,"session_id":"0123456789abcdef0123456789abcdef"}';

test.each([
  ['message_type', '"CLIENT_HELLN"'],
  ['nonce', '"AAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAA="'],
  ['timestamp', '1790000001'],
  ['session_id', '"0123456789abcdef0123456789abcdeg"'],
])('one bit of %s', (path, expected) => {
  const flipped = withFlippedBit(body, path);
  expect(flipped).toContain(`"${path}":${expected}`);
  expect(flipped.length).toBe(body.length);
});

test('a member that is not there changes nothing', () => {
  expect(withFlippedBit(body, 'signature')).toBe(body);
  expect(withValue(body, 'x', '1')).toBe(body);
});
