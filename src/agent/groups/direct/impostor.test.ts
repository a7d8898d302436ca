import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import { MethodRegistry } from '../../messages/methods.ts';
import { generateRsa } from '../../testing/world.ts';
import { GroupWorld } from '../testing/group-world.ts';

test('what was left for an agent is not read by another that takes its name, and its sender is told', async () => {
  const world = await GroupWorld.create();
  const traveller = await world.open('traveller');
  const helper = await world.open('helper');
  await world.ready(traveller, helper);
  const { agent } = traveller;
  const peerId = helper.agentId;
  expect(await agent.send({ peerId, method: 'echo', parameters: 0, whenAway: 'store' })).toMatchObject({ result: 0 });
  await world.close(helper);
  const left = await world.during(
    agent.send({ peerId, method: 'echo', parameters: 1, whenAway: 'store', expires: 3_600_000 }),
  );
  expect(left).toMatchObject({ status: 'pending', group: { delivery: 'stored' } });
  await world.world.deleteName(peerId);
  const ran: unknown[] = [];
  const methods = new MethodRegistry();
  methods.register('echo', (parameters) => ran.push(parameters));
  const opened = await world.world.open(peerId, 'https://helper.agents.test', {
    store: createMemoryAgentStore(),
    generateRsa,
    deliveryUrl: 'https://controller.test',
    methods,
  });
  await world.during(opened.agent.groups.catchUp());
  world.world.clock.advance(3_601_000);
  const failed = await world.passing(() =>
    agent.snapshot().exchanges.find(({ requestId, status }) => requestId === left.requestId && status !== 'pending'),
  );
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'timed_out' }, group: { answers: [] } });
  expect(opened.agent.groups.invitations()).toEqual([]);
  expect(opened.agent.groups.list()).toEqual([]);
  expect(ran).toEqual([]);
});
