import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { names } from '../testing/pair.ts';
import { TestWorld } from '../testing/world.ts';

test('both ends’ logs name the request that an envelope carried, which joins it to the conversation', async () => {
  const world = await TestWorld.create();
  const { traveller, helper } = await world.pair();
  const { requestId } = await traveller.send({ peerId: 'helper_agent_001', method: 'ping', parameters: null });
  for (const agent of [traveller, helper]) {
    const { wire, exchanges } = agent.snapshot();
    const envelopes = wire.filter(({ url }) => url.endsWith('/agent/message'));
    expect(envelopes.map((entry) => entry.requestId)).toEqual([requestId]);
    expect(exchanges.map((exchange) => exchange.requestId)).toEqual([requestId]);
    expect(
      wire.filter(({ url }) => url.endsWith('/agent/handshake')).some((entry) => entry.requestId !== undefined),
    ).toBe(false);
  }
});

/** What Traveller's log says of a handshake whose answer is `answered`. */
async function handshakeWith(answered: () => Response) {
  const world = await TestWorld.create();
  const { traveller } = await world.pair();
  world.tamper = async (request, next) => (request.url.endsWith('/agent/handshake') ? answered() : next(request));
  await expect(traveller.connect(names.helper)).rejects.toThrow();
  return traveller.snapshot().wire.find(({ url }) => url.endsWith('/agent/handshake'));
}

test.each([502, 413, 200])('the log shows what a proxy answers with HTTP %i in place of a peer', async (status) => {
  const entry = await handshakeWith(() => new Response('<html>nginx</html>', { status }));
  expect(entry).toMatchObject({ status, responseBody: '<html>nginx</html>' });
  expect(entry?.failure).toBeUndefined();
});

test.each([
  [
    'that does not come',
    'peer_unreachable',
    () => {
      throw new TypeError('fetch failed');
    },
  ],
  [
    'that the page may not ask for',
    'network_unavailable',
    () => {
      throw new ParleyError('network_unavailable', 'No.');
    },
  ],
  [
    'that is too large',
    'message_too_large',
    () => new Response(null, { headers: { 'content-length': `${limits.messageBody + 1}` } }),
  ],
] as const)('the log says why there is no answer: one %s', async (_, code, answered) => {
  const entry = await handshakeWith(answered);
  expect(entry).toMatchObject({ failure: { code } });
  expect(entry?.status).toBeUndefined();
});
