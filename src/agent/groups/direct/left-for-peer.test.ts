import { expect, test } from 'vitest';
import type { ExchangeView } from '../../contracts/views.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

const count = 20;

function between({ agent }: Resident, peerId: string): readonly ExchangeView[] {
  return agent.snapshot().exchanges.filter((exchange) => exchange.peerId === peerId);
}

test('what is left for a peer that is closed is answered once and in order, though its sender closes too', async () => {
  const world = await GroupWorld.create();
  let traveller = await world.open('traveller');
  let helper = await world.open('helper');
  await world.ready(traveller, helper);
  const [t, h] = [traveller.agentId, helper.agentId];
  await world.close(helper);
  const left: Promise<ExchangeView>[] = [];
  for (let number = 0; number < count; number++) {
    left.push(traveller.agent.send({ peerId: h, method: 'echo', parameters: number, whenAway: 'store' }));
  }
  const stored = await world.during(Promise.all(left));
  expect(stored.every(({ status, group }) => status === 'pending' && group?.delivery === 'stored')).toBe(true);
  expect(between(traveller, h).every(({ waiting }) => waiting?.for === 'return')).toBe(true);
  const [only] = traveller.agent.groups.list();
  expect(traveller.agent.groups.list()).toHaveLength(1);
  expect(only).toMatchObject({ kind: 'direct', peerId: h });
  await world.close(traveller);

  helper = await world.open('helper');
  const [invitation] = await world.passing(() => {
    const found = helper.agent.groups.invitations();
    return found.length > 0 ? found : undefined;
  });
  expect(invitation).toMatchObject({ kind: 'direct', inviter: t });
  await world.during(helper.agent.groups.accept(invitation?.groupId ?? ''));
  await world.passing(() => {
    const asked = between(helper, t).filter(({ group }) => group?.answers.length === 1);
    return asked.length === count && helper.agent.groups.list()[0]?.next !== undefined ? true : undefined;
  });
  await world.passing(() => {
    const [group] = helper.agent.groups.list();
    return (group?.next ?? 0) >= 2 * count + 1 ? true : undefined;
  });
  await world.close(helper);

  traveller = await world.open('traveller');
  await world.passing(() => (between(traveller, h).every(({ status }) => status === 'success') ? true : undefined));
  const answered = between(traveller, h);
  expect(answered.map(({ result }) => result)).toEqual(Array.from({ length: count }, (_, number) => number));
  expect(answered.every(({ group }) => group?.delivery === 'delivered' && group.answers.length === 1)).toBe(true);
  const { entries } = await traveller.agent.audit.page(undefined, 500);
  expect(entries.filter(({ kind }) => kind === 'group_message')).toHaveLength(2 * count);
  expect(await traveller.agent.audit.verify()).not.toHaveProperty('brokenAt');
}, 180_000);
