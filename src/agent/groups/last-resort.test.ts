import { beforeAll, expect, test } from 'vitest';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { GroupWorld, type Resident } from './testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;

beforeAll(async () => {
  // The service gives nobody a one-time KeyPackage.
  world = await GroupWorld.create({ takesOfAgent: 0 });
  traveller = await world.open('traveller');
  helper = await world.open('helper');
  await world.ready(traveller, helper);
}, 300_000);

const view = ({ agent }: Resident, id: string) => agent.groups.list().find(({ groupId }) => groupId === id);
const heard = ({ agent }: Resident, content: string) =>
  agent.snapshot().exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');
const lastResort = async () =>
  encodeBase64((await world.deliveryStore.lastResort(helper.agentId)) ?? new Uint8Array(0));

test('who is added by its last-resort KeyPackage brings a new leaf key at once, and leaves another KeyPackage', async () => {
  const before = await lastResort();
  const invite = [helper.agentId];
  const { groupId, epoch } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite }));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await world.passing(() => view(traveller, groupId)?.epoch === epoch + 1 || undefined);
  const events = await traveller.agent.groups.events(groupId);
  expect(events.at(-1)).toMatchObject({ by: helper.agentId, what: { kind: 'updated' } });
  await world.during(helper.agent.groups.say({ groupId, content: 'here' }));
  await world.passing(() => heard(traveller, 'here'));
  let after = before;
  await world.passing(() => {
    void lastResort().then((found) => {
      after = found;
    });
    return after !== before || undefined;
  });
  // The next group gets the new one, also after a restart.
  await world.close(helper);
  helper = await world.open('helper');
  const next = await world.during(traveller.agent.groups.create({ name: 'Other trip', invite }));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(next.groupId));
  await world.passing(() => view(traveller, next.groupId)?.epoch === next.epoch + 1 || undefined);
  await world.during(traveller.agent.groups.say({ groupId: next.groupId, content: 'welcome' }));
  await world.passing(() => heard(helper, 'welcome'));
});

test('one last-resort KeyPackage joins two groups, the second after the first has a new leaf key and after a restart', async () => {
  await world.close(helper);
  const invite = [helper.agentId];
  const first = await world.during(traveller.agent.groups.create({ name: 'First', invite }));
  const second = await world.during(traveller.agent.groups.create({ name: 'Second', invite }));
  helper = await world.open('helper');
  await world.passing(() => helper.agent.groups.invitations().length === 2 || undefined);
  for (const { groupId, epoch } of [first, second]) {
    await world.during(helper.agent.groups.accept(groupId));
    await world.passing(() => view(traveller, groupId)?.epoch === epoch + 1 || undefined);
    await world.close(helper);
    helper = await world.open('helper');
    await world.during(helper.agent.groups.say({ groupId, content: `in ${groupId}` }));
    await world.passing(() => heard(traveller, `in ${groupId}`));
  }
});
