import { beforeAll, expect, test } from 'vitest';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { GroupWorld, type Resident } from './testing/group-world.ts';
import { twoMembers } from './testing/two-members.ts';

const day = 86_400_000;
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';

beforeAll(async () => {
  world = await GroupWorld.create();
  ({ traveller, helper, groupId } = await twoMembers(world));
}, 300_000);

const view = ({ agent }: Resident) => agent.groups.list().find((group) => group.groupId === groupId);
const phase = ({ agent }: Resident) => JSON.stringify(agent.snapshot().phase);
const heard = ({ agent }: Resident, content: string) =>
  agent.snapshot().exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');
const lastResort = async ({ agentId }: Resident) =>
  encodeBase64((await world.deliveryStore.lastResort(agentId)) ?? new Uint8Array(0));

/** Has one say something that the other hears, as soon as both trust each other. */
async function talks(one: Resident, other: Resident, content: string): Promise<void> {
  await world.passing(() => {
    const view1 = view(one);
    return (view1?.blocked === undefined && view1?.waiting === undefined) || undefined;
  });
  await world.during(one.agent.groups.say({ groupId, content }));
  await world.passing(() => heard(other, content));
}

test('agents that stay open for forty days, asleep most of the time, talk on', async () => {
  const before = { phase: phase(traveller), lastResort: await lastResort(helper), epoch: view(traveller)?.epoch ?? 0 };
  for (let days = 5; days <= 40; days += 5) {
    world.world.clock.sleep(5 * day);
    await talks(traveller, helper, `day ${days}`);
    await talks(helper, traveller, `day ${days} too`);
  }
  expect(phase(traveller)).not.toBe(before.phase);
  await world.passing(() => (view(traveller)?.epoch ?? 0) > before.epoch + 2 || undefined);
  expect(await lastResort(helper)).not.toBe(before.lastResort);
  expect(view(traveller)).toMatchObject({ status: 'member' });
  for (const { agent } of [traveller, helper]) {
    const trusts = agent.groups.list()[0]?.members.map(({ trust }) => trust);
    expect(trusts).toEqual(['trusted', 'trusted']);
  }
}, 600_000);
