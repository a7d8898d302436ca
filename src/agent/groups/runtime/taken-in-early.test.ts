import * as v from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { twoMembers } from '../testing/two-members.ts';
import { Unlisting } from '../testing/unlisting.ts';

const asked = v.object({ kind: v.string() });

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
let unlisting: Unlisting;
/** While there is one, what is of a kind waits before the service. */
const gates = new Map<string, PromiseWithResolvers<void>>();
const waiting: string[] = [];

beforeAll(async () => {
  world = await GroupWorld.create();
  const { tamper } = world.world;
  world.world.tamper = async (request, next) => {
    if (request.method !== 'POST' || !request.url.endsWith('/entries')) return tamper(request, next);
    const { kind } = v.parse(asked, await request.clone().json());
    const gate = gates.get(kind);
    if (gate !== undefined) waiting.push(kind);
    await gate?.promise;
    return tamper(request, next);
  };
  unlisting = new Unlisting(world.world.network);
  const transport = { kind: 'network', network: unlisting } as const;
  ({ traveller, helper, groupId } = await twoMembers(world, { transport }));
  await world.during(helper.agent.groups.say({ groupId, content: 'one' }));
  await world.passing(() => heard('one'));
}, 300_000);

const view = () => helper.agent.groups.list().find((group) => group.groupId === groupId);
const heard = (content: string) =>
  traveller.agent.snapshot().exchanges.find(({ parameters }) => parameters === content);
const isSo = (status: string) => view()?.status === status || undefined;
const isWaiting = (kind: string) => waiting.includes(kind) || undefined;

test('a rejoin that comes when the log was found again: its Welcome joins by itself, and what waits goes out', async () => {
  gates.set('commit', Promise.withResolvers());
  gates.set('message', Promise.withResolvers());
  unlisting.isOn = true;
  void helper.agent.groups.catchUp();
  await world.passing(() => view()?.waiting?.code === 'unknown_group' || undefined);
  await world.during(helper.agent.groups.say({ groupId, content: 'held' }));
  world.world.clock.advance(60_000);
  await world.passing(() => isSo('stranded'));
  // The traveller has made the commit that takes it in again.
  await world.passing(() => isWaiting('commit'));
  unlisting.isOn = false;
  void helper.agent.groups.catchUp();
  await world.passing(() => isSo('member'));
  await world.passing(() => isWaiting('message'));
  const from = helper.events.length;
  const { next = 0 } = traveller.agent.groups.list()[0] ?? {};
  pass('commit');
  await world.passing(() => (traveller.agent.groups.list()[0]?.next ?? 0) > next || undefined);
  pass('message');
  await world.passing(() => heard('held'));
  const told = helper.events.slice(from);
  const statuses = told.flatMap((event) => (event.type === 'group' ? [event.group.status] : []));
  expect(new Set(statuses)).toEqual(new Set(['stranded', 'member']));
  expect(told.some(({ type }) => type === 'invitation')).toBe(false);
  expect(view()?.status).toBe('member');
  const events = await helper.agent.groups.events(groupId);
  expect(events.filter(({ what }) => what.kind === 'joined')).toHaveLength(2);
  // Nobody was asked once more.
  expect(waiting.filter((kind) => kind === 'commit')).toHaveLength(1);
  await world.during(helper.agent.groups.say({ groupId, content: 'back' }));
  await world.passing(() => heard('back'));
});

/** Lets what is of a kind through. */
function pass(kind: string): void {
  gates.get(kind)?.resolve();
  gates.delete(kind);
}
