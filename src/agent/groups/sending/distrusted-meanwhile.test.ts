import * as v from 'valibot';
import { expect, test } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';

const asked = v.object({ kind: v.string() });

test('what waits behind a message under way stays when a member is revoked meanwhile', async () => {
  const world = await GroupWorld.create();
  const { tamper } = world.world;
  const gates = new Map<string, PromiseWithResolvers<void>>();
  world.world.tamper = async (request, next) => {
    if (request.method === 'POST' && request.url.endsWith('/entries')) {
      const { kind } = v.parse(asked, await request.clone().json());
      await gates.get(kind)?.promise;
    }
    return tamper(request, next);
  };
  const stream = (request: Request) => world.world.controller.fetch(request);
  const network = { ...world.world.network, stream };
  const traveller = await world.open('traveller', { transport: { kind: 'network', network } });
  const spy = await world.open('spy');
  await world.ready(traveller, spy);
  const { groups } = traveller.agent;
  const invite = [spy.agentId];
  const { groupId } = await world.during(groups.create({ name: 'Trip', invite }));
  await world.passing(() => spy.agent.groups.invitations()[0]);
  await world.during(spy.agent.groups.accept(groupId));
  const view = () => groups.list().find((group) => group.groupId === groupId);
  await world.passing(() => (view()?.blocked === undefined && view()?.waiting === undefined ? true : undefined));

  const [messages, commits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  gates.set('message', messages).set('commit', commits);
  await world.during(groups.say({ groupId, content: 'under way' }));
  await world.during(groups.say({ groupId, content: 'behind it' }));
  await world.during(world.world.revoke(spy.agentId));
  await world.passing(() => (view()?.blocked?.code === 'member_not_trusted' ? true : undefined));
  messages.resolve();
  const placeOf = (content: string) =>
    traveller.agent.snapshot().exchanges.find(({ parameters }) => parameters === content)?.group?.index;
  await world.passing(() => placeOf('under way'));
  commits.resolve();
  await world.passing(() => placeOf('behind it'));
  const events = await groups.events(groupId);
  const removal = events.find(({ what }) => what.kind === 'removed')?.index ?? Number.NaN;
  expect(placeOf('behind it')).toBeGreaterThan(removal);
});
