import { expect, test } from 'vitest';
import { World } from './testing/world.ts';

test('both ends’ logs name the request that an envelope carried, which joins it to the conversation', async () => {
  const world = await World.create();
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
