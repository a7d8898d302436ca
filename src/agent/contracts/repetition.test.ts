import { expect, test } from 'vitest';
import { repetitionOf, wasToBeLeft } from './repetition.ts';

const failed = (code: string) => ({ at: 1_000, error: { code, detail: '' } });
const day = 86_400_000;

test.each(['peer_unreachable', 'rate_limited', 'storage_full', 'peer_key_changed', 'unavailable', 'of another peer'])(
  'a request that failed with %s is sent again, and as a new one after a day',
  (code) => {
    expect(repetitionOf(failed(code), 1_000 + day)).toBe('again');
    expect(repetitionOf(failed(code), 1_001 + day)).toBe('as new');
  },
);

test.each([
  'invalid_input',
  'malformed_message',
  'message_too_large',
  'unsupported_protocol',
  'unknown_method',
  'not_permitted',
  'certificate_revoked',
])('a request that failed with %s is not sent again', (code) => {
  expect(repetitionOf(failed(code), 1_000)).toBe('never');
  expect(repetitionOf(failed(code), 1_001 + day)).toBe('never');
});

test('a request that was to be left is left again, and no other', () => {
  expect(wasToBeLeft({ requestId: 'ab'.repeat(16) })).toBe(true);
  expect(wasToBeLeft({ requestId: `req_${'ab'.repeat(8)}` })).toBe(false);
});
