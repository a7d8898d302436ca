import { describe, expect, test } from 'vitest';
import { LimitReached } from '../http/limit-reached.ts';
import { ParleyError } from '../protocol/errors.ts';
import { noticeOf } from './refused-calls.ts';

const about = { call: 'register', address: '192.0.2.7' } as const;

describe('what the operator is told of a call that ends with an error', () => {
  test.each([
    ['the store failed', new ParleyError('storage_failed', 'The disk failed.')],
    ['NATS is unreachable', new ParleyError('unavailable', 'NATS is unreachable.', { retryAfter: 2 })],
    ['nobody expected it', new TypeError('unexpected')],
  ])('a failure, where %s', async (_, error) => {
    expect(await noticeOf(error, about)).toEqual({ kind: 'failed', error });
    expect(await noticeOf(error, undefined)).toEqual({ kind: 'failed', error });
  });

  test('a refusal, where a proof was looked at', async () => {
    const error = new ParleyError('signature_invalid', 'The signature does not verify.');
    expect(await noticeOf(error, about)).toEqual({ kind: 'refused', error, about });
    expect(await noticeOf(error, undefined)).toBeUndefined();
  });

  test('a limit, where one was reached', async () => {
    const error = new LimitReached('renewals', 'Later.');
    expect(await noticeOf(error, about)).toEqual({ kind: 'limit reached', error, about });
  });
});
