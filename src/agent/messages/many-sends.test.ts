import { expect, test } from 'vitest';
import { problemResponse } from '../../http/problem-response.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { gate } from '../testing/gate.ts';
import { addresses, names, Pair } from '../testing/pair.ts';
import { MethodRegistry } from './methods.ts';

/** A relay's 64 places at an agent: what is beyond them is refused, as one refuses. */
function limitPlaces(pair: Pair, places: number, retryAfter?: number) {
  const seen = { most: 0, underWay: 0, refused: 0 };
  pair.world.tamper = async (request, next) => {
    if (!request.url.startsWith(`${addresses.helper}/agent/message`)) return next(request);
    if (seen.underWay >= places) {
      seen.refused += 1;
      const extras = retryAfter === undefined ? {} : { retryAfter };
      return problemResponse(
        new ParleyError('rate_limited', 'The agent has as many requests as it can answer.', extras),
      );
    }
    seen.underWay += 1;
    seen.most = Math.max(seen.most, seen.underWay);
    try {
      return await next(request);
    } finally {
      seen.underWay -= 1;
    }
  };
  return seen;
}

const sendMany = (pair: Pair, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      pair.agent('traveller').send({ peerId: names.helper, method: 'echo', parameters: { n } }),
    ),
  );

test.each([100, 500])(
  '%i requests at once are as many answers, and no more are under way than the peer takes',
  async (count) => {
    const pair = await Pair.connected();
    const seen = limitPlaces(pair, 64, 1);
    const answers = await pair.during(sendMany(pair, count));
    expect(answers.map(({ result }) => result)).toEqual(Array.from({ length: count }, (_, n) => ({ n })));
    expect(seen.most).toBe(60);
    expect(seen.refused).toBe(0);
  },
);

test.each([1, 30, undefined])('what is refused for now is sent again, Retry-After %s', async (retryAfter) => {
  const pair = await Pair.connected();
  const seen = limitPlaces(pair, 20, retryAfter);
  const answers = await pair.during(sendMany(pair, 40));
  expect(answers.every(({ status }) => status === 'success')).toBe(true);
  expect(seen.refused).toBeGreaterThan(0);
});

test('a refusal for longer than anybody waits is told at once', async () => {
  const pair = await Pair.connected();
  limitPlaces(pair, 0, 3_600);
  await expect(sendMany(pair, 1)).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 3_600 });
});

test('a peer that refuses for as long as there is patience fails the request with its refusal', async () => {
  const pair = await Pair.connected();
  const seen = limitPlaces(pair, 0, 20);
  await expect(pair.during(sendMany(pair, 1))).rejects.toMatchObject({ code: 'rate_limited' });
  expect(seen.refused).toBeGreaterThan(5);
  const { exchanges } = pair.agent('traveller').snapshot();
  expect(exchanges.at(-1)).toMatchObject({ status: 'failed', error: { code: 'rate_limited' } });
});

test('one that waits for its turn says so, and begins when another is answered', async () => {
  const methods = new MethodRegistry();
  const held = gate();
  methods.register('hold', () => held.opened.then(() => 'held'));
  const pair = await Pair.connected(undefined, { helper: { methods } });
  const traveller = pair.agent('traveller');
  const holding = Array.from({ length: 60 }, () =>
    traveller.send({ peerId: names.helper, method: 'hold', parameters: null }),
  );
  const last = traveller.send({ peerId: names.helper, method: 'hold', parameters: 'last' });
  const shown = () => traveller.snapshot().exchanges.find(({ parameters }) => parameters === 'last');
  await pair.passing(() => (shown()?.waiting?.for === 'turn' ? true : undefined));
  held.open();
  expect(await pair.during(last)).toMatchObject({ status: 'success', result: 'held' });
  await pair.during(Promise.all(holding));
  expect(shown()).not.toHaveProperty('waiting');
});
