import { expect, test } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';

test('what is sent over an open session to a peer that has just closed is left for it, where the directory sees it', async () => {
  const world = await GroupWorld.create();
  const { network } = world.world;
  const transport = { kind: 'network', network, isPresenceKnown: true } as const;
  const traveller = await world.open('traveller', { transport });
  const helper = await world.open('helper', { transport });
  await world.ready(traveller, helper);
  const { agent } = traveller;
  const peerId = helper.agentId;
  const answered = await agent.send({ peerId, method: 'echo', parameters: 1, whenAway: 'store' });
  expect(answered).toMatchObject({ status: 'success' });
  // At the same instant: what the directory said of the peer is a moment old at most.
  await world.close(helper);
  const posted = world.world.carried.length;
  const left = await world.during(agent.send({ peerId, method: 'echo', parameters: 2, whenAway: 'store' }));
  expect(left).toMatchObject({ status: 'pending', group: { delivery: 'stored' } });
  const envelopes = world.world.carried.slice(posted).filter(({ url }) => url.endsWith('/agent/message'));
  expect(envelopes).toEqual([]);
  await agent.stop();
});
