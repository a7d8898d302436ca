import { expect, test } from 'vitest';
import { problemResponse } from '../../http/problem-response.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { names, Pair } from '../testing/pair.ts';

/** How a handshake ends whose first `lost` messages a relay loses on the way, as it says with `retryAfter`. */
async function connectWith(lost: number, retryAfter: number | undefined) {
  const pair = await Pair.connected();
  const traveller = pair.agent('traveller');
  await traveller.disconnect(pair.first.sessionId);
  let posted = 0;
  pair.world.tamper = (request, carry) => {
    if (!request.url.endsWith('/agent/handshake')) return carry(request);
    posted += 1;
    if (posted > lost) return carry(request);
    const extras = retryAfter === undefined ? {} : { retryAfter };
    return Promise.resolve(problemResponse(new ParleyError('peer_unreachable', 'It was lost.', extras)));
  };
  const connecting = traveller.connect(names.helper).then(
    () => 'connected',
    (error: unknown) => asParleyError(error).code,
  );
  return { outcome: await pair.during(connecting), posted };
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
