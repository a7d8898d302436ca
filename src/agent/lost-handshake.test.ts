import { expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import { problemResponse } from './problem-response.ts';
import { World } from './testing/world.ts';

/** A pair whose first `lost` handshake messages a relay loses on the way, as it says with `retryAfter`. */
async function connectWith(lost: number, retryAfter: number | undefined) {
  const world = await World.create();
  const { traveller } = await world.pair();
  let posted = 0;
  world.tamper = (request, carry) => {
    if (!request.url.endsWith('/agent/handshake')) return carry(request);
    posted += 1;
    if (posted > lost) return carry(request);
    const extras = retryAfter === undefined ? {} : { retryAfter };
    return Promise.resolve(problemResponse(new ParleyError('peer_unreachable', 'It was lost.', extras)));
  };
  let outcome: string | undefined;
  void traveller.connect('helper_agent_001').then(
    () => {
      outcome = 'connected';
    },
    (error: unknown) => {
      outcome = error instanceof ParleyError ? error.code : 'unexpected';
    },
  );
  // Each turn lets what is under way settle; the pauses between handshakes are passed by the clock.
  for (let turn = 0; outcome === undefined && turn < 2_000; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (turn % 20 === 19) world.clock.advance(1_000);
  }
  return { outcome, posted };
}

test('a handshake that a relay lost on the way is made again, and stands', async () => {
  expect(await connectWith(1, 1)).toEqual({ outcome: 'connected', posted: 3 });
  expect(await connectWith(3, 1)).toEqual({ outcome: 'connected', posted: 5 });
});

test('one that is lost again and again is given up', async () => {
  expect(await connectWith(100, 1)).toEqual({ outcome: 'peer_unreachable', posted: 4 });
});

test('a peer that is not connected is said to be so at once', async () => {
  expect(await connectWith(100, undefined)).toEqual({ outcome: 'peer_unreachable', posted: 1 });
});
