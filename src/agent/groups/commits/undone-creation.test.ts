import { expect, test } from 'vitest';
import { problemResponse } from '../../../http/problem-response.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import { GroupWorld } from '../testing/group-world.ts';

test('a group that the service does not make goes once that can be stored', async () => {
  const world = await GroupWorld.create();
  const { tamper } = world.world;
  world.world.tamper = async (request, next) =>
    request.method === 'POST' && request.url.endsWith('/entries')
      ? problemResponse(new ParleyError('mailbox_full', 'There is no room.'))
      : tamper(request, next);
  const store = createMemoryAgentStore();
  let fails = 2;
  const traveller = await world.open('traveller', {
    store: {
      ...store,
      commit: async (change) => {
        const isEnd = change.groups?.some(({ drop }) => drop.some(({ part }) => part === 'member'));
        if (isEnd === true && fails-- > 0) throw new ParleyError('storage_failed', 'The disk is away.');
        await store.commit(change);
      },
    },
  });
  const helper = await world.open('helper');
  await world.ready(helper);
  const { groups } = traveller.agent;
  const making = groups.create({ name: 'Trip', invite: [helper.agentId] });
  await expect(world.during(making)).rejects.toMatchObject({ code: 'mailbox_full' });
  expect(groups.list()).toHaveLength(1);
  await world.passing(() => groups.list().length === 0 || undefined);
});
