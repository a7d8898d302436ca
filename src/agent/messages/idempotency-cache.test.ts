import { expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { IdempotencyCache } from './idempotency-cache.ts';

const answered = (json: JsonObject) => ({ json });
const large = (size: number) => async () => answered({ result: 'x'.repeat(size) });
const never = () => expect.unreachable('it ran again');
const asked = (requestId: string, peerKey = 'one') => ({ peerKey, requestId });
const day = 86_400_000;

test('a request runs once for 24 hours', async () => {
  let now = 0;
  let runs = 0;
  const answers = new IdempotencyCache(() => now);
  const run = async () => answered({ result: ++runs });
  expect(await answers.once(asked('one'), run, never)).toEqual(answered({ result: 1 }));
  now = day;
  expect(await answers.once(asked('one'), run, never)).toEqual(answered({ result: 1 }));
  now += 1;
  expect(await answers.once(asked('one'), run, never)).toEqual(answered({ result: 2 }));
});

test('a request_id belongs to its peer', async () => {
  const answers = new IdempotencyCache(() => 0);
  await answers.once(asked('one', 'first'), async () => answered({ of: 'first' }), never);
  expect(await answers.once(asked('one', 'second'), async () => answered({ of: 'second' }), never)).toEqual(
    answered({ of: 'second' }),
  );
});

test('large answers make room for younger ones, and are looked up instead of run again', async () => {
  const answers = new IdempotencyCache(() => 0);
  await answers.once(asked('first'), large(20 * 1024 * 1024), never);
  await answers.once(asked('small'), large(10), never);
  await answers.once(asked('second'), large(20 * 1024 * 1024), never);
  await Promise.resolve();
  expect(await answers.once(asked('first'), never, async () => answered({ result: 'from the history' }))).toEqual(
    answered({ result: 'from the history' }),
  );
  expect(await answers.once(asked('small'), never, never)).toEqual(answered({ result: 'x'.repeat(10) }));
});

test('one peer’s answers push out no other’s', async () => {
  const answers = new IdempotencyCache(() => 0);
  await answers.once(asked('of another', 'other'), large(1024 * 1024), never);
  for (let n = 0; n < 4; n++) await answers.once(asked(`large ${n}`), large(12 * 1024 * 1024), never);
  await Promise.resolve();
  expect(await answers.once(asked('of another', 'other'), never, never)).toHaveProperty('json.result');
});

test('the newest 10,000 answers of a peer are there, whatever other peers ask', async () => {
  const answers = new IdempotencyCache(() => 0);
  const run = async () => answered({ result: 0 });
  await answers.once(asked('kept', 'other'), run, never);
  for (let n = 0; n <= 10_000; n++) await answers.once(asked(`request ${n}`), run, never);
  for (const id of ['request 10000', 'request 1'])
    expect(await answers.once(asked(id), never, never)).toHaveProperty('json.result');
  expect(await answers.once(asked('kept', 'other'), never, never)).toEqual(answered({ result: 0 }));
});
