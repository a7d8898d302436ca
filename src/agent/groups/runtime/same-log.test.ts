import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;

beforeAll(async () => {
  world = await GroupWorld.create();
  traveller = await world.open('traveller');
  await world.ready(traveller);
}, 120_000);

/** Has the service answer what is read of a log with something changed. */
function lie(changed: (page: Record<string, unknown>) => Record<string, unknown>): () => void {
  const { tamper } = world.world;
  world.world.tamper = async (request, next) => {
    const isRead = request.method === 'GET' && new URL(request.url).pathname.endsWith('/entries');
    const response = await tamper(request, next);
    return isRead && response.ok ? Response.json(changed(await response.json())) : response;
  };
  return () => {
    world.world.tamper = tamper;
  };
}

const otherHead = btoa('x'.repeat(32));
const groupOf = (groupId: string) => traveller.agent.groups.list().find((group) => group.groupId === groupId);

test('a log that is another one for a while stops nothing for good', async () => {
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [] }));
  const tellTruth = lie((page) => ({ ...page, before: otherHead }));
  world.world.clock.advance(60_000);
  await world.passing(() => (groupOf(groupId)?.waiting?.code === 'group_forked' ? true : undefined));
  tellTruth();
  await world.passing(() => (groupOf(groupId)?.waiting === undefined ? true : undefined));
  expect(groupOf(groupId)?.status).toBe('member');
});

test.each([
  ['has another head where this agent stands', (page: Record<string, unknown>) => ({ ...page, before: otherHead })],
  ['ends before where this agent stands', (page: Record<string, unknown>) => ({ ...page, entries: [], next: 0 })],
])('a log that %s for a minute strands this agent, which says so', async (_, changed) => {
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [] }));
  const tellTruth = lie(changed);
  world.world.clock.advance(60_000);
  await world.passing(() => (groupOf(groupId)?.waiting?.code === 'group_forked' ? true : undefined));
  expect(groupOf(groupId)?.status).toBe('member');
  world.world.clock.advance(60_000);
  await world.passing(() => (groupOf(groupId)?.status === 'stranded' ? true : undefined));
  tellTruth();
  const said = traveller.agent.groups.say({ groupId, content: 'Is anybody there?' });
  await expect(world.during(said)).rejects.toMatchObject({ code: 'group_stranded' });
});
