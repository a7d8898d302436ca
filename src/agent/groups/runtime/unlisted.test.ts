import { beforeAll, expect, test } from 'vitest';
import type { Network } from '../../contracts/ports.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
/** True while the service does not count the helper as a member. */
let isUnlisted = false;

beforeAll(async () => {
  world = await GroupWorld.create();
  const network: Network = {
    ...world.world.network,
    send: async (request, deadlineMs) => {
      const isOfGroups = new URL(request.url).pathname.startsWith('/delivery/groups/');
      return isUnlisted && isOfGroups ? unknown() : world.world.network.send(request, deadlineMs);
    },
  };
  traveller = await world.open('traveller');
  helper = await world.open('helper', { transport: { kind: 'network', network } });
  await world.ready(traveller, helper);
  const invite = [helper.agentId];
  ({ groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite })));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await world.during(helper.agent.groups.say({ groupId, content: 'one' }));
  await world.passing(() => heard('one'));
}, 300_000);

const view = () => helper.agent.groups.list().find((group) => group.groupId === groupId);
const heard = (content: string) =>
  traveller.agent.snapshot().exchanges.find(({ parameters }) => parameters === content);
const isSo = (status: string) => view()?.status === status || undefined;

/** Has the service not count the helper as a member, which looks at once. */
async function unlist(): Promise<void> {
  isUnlisted = true;
  void helper.agent.groups.catchUp();
  await world.passing(() => view()?.waiting?.code === 'unknown_group' || undefined);
}

test('a member that the service does not count any more is told after a minute, and goes on when it is counted again', async () => {
  await unlist();
  expect(view()?.status).toBe('member');
  await world.during(helper.agent.groups.say({ groupId, content: 'held' }));
  world.world.clock.advance(60_000);
  await world.passing(() => isSo('stranded'));
  expect(view()?.blocked).toMatchObject({
    code: 'group_stranded',
    detail: expect.stringMatching(/not count this agent/),
  });
  isUnlisted = false;
  await world.during(helper.agent.groups.catchUp());
  await world.passing(() => isSo('member'));
  // What was held meanwhile goes out, without a restart.
  await world.passing(() => heard('held'));
});

test('its owner can leave at once when nobody can take it in', async () => {
  await world.close(traveller);
  await unlist();
  await world.during(helper.agent.groups.say({ groupId, content: 'lost' }));
  world.world.clock.advance(60_000);
  await world.passing(() => isSo('stranded'));
  await world.during(helper.agent.groups.leave(groupId));
  expect(view()?.status).toBe('left');
  const lost = helper.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'lost');
  expect(lost).toMatchObject({ status: 'failed', error: { code: 'unknown_group' } });
  await world.during(helper.agent.groups.forget(groupId));
  expect(view()).toBeUndefined();
});

function unknown(): Response {
  const [code, title] = ['unknown_group', 'No such group'];
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json({ type: 'about:blank', title, status: 404, code, detail: title }, { status: 404, headers });
}
