import { expect, test } from 'vitest';
import { toHex } from '../../../protocol/bytes.ts';
import { DeliveryAgents } from '../testing/delivery-agents.ts';

const entryId = () => toHex(crypto.getRandomValues(new Uint8Array(16)));

test('a newer commit that was not read is a conflict, which names it; nothing is appended', async () => {
  const world = new DeliveryAgents();
  const traveller = await world.open('traveller_agent_001');
  const helper = await world.open('helper_agent_001');
  const groupId = await world.invite(traveller, helper.name);
  const { entries, next } = await traveller.service.entries(groupId, 0);
  const [first] = entries;
  if (first === undefined || !('message' in first.content)) throw new TypeError('The group has a first commit.');
  const entry = { entryId: entryId(), kind: 'commit', after: -1, message: first.content.message } as const;
  expect(await traveller.service.append(groupId, entry)).toEqual({ kind: 'conflict', index: 0 });
  expect((await traveller.service.entries(groupId, 0)).next).toBe(next);
});

test('a read position never goes back, and is each agent’s own', async () => {
  const world = new DeliveryAgents();
  const traveller = await world.open('traveller_agent_001');
  const helper = await world.open('helper_agent_001');
  const stranger = await world.open('stranger_agent_001');
  const groupId = await world.invite(traveller, helper.name);
  expect(await traveller.service.markRead(groupId, 0)).toBe(0);
  expect(await helper.service.markRead(groupId, 0)).toBe(0);
  expect(await helper.service.markRead(groupId, 0)).toBe(0);
  await expect(stranger.service.markRead(groupId, 0)).rejects.toMatchObject({ code: 'unknown_group' });
});
