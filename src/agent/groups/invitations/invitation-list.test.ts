import { expect, test } from 'vitest';
import { memoryRows } from '../testing/memory-rows.ts';
import { InvitationList } from './invitation-list.ts';

const isFriend = async (inviter: string) => inviter.startsWith('friend');

/** A list with nothing in it, and what adds an invitation of an inviter to it. */
function emptyList() {
  const rows = memoryRows();
  const list = new InvitationList(rows, isFriend);
  const add = (inviter: string, at: number) =>
    list.add({
      ...{ groupId: at.toString(16).padStart(32, '0'), kind: 'group', name: 'x', inviter, members: [], entry: 0 },
      ...{ receivedAt: at, until: at + 1, welcome: Uint8Array.of(1) },
    });
  const ofFriends = () => list.all().filter(({ inviter }) => inviter.startsWith('friend')).length;
  return { rows, list, add, ofFriends };
}

test('invitations are 32 at most: the oldest of whoever has the most goes', async () => {
  const { rows, list, add } = emptyList();
  for (let i = 0; i < 4; i++) await add('a_agent', i);
  for (let i = 4; i < 32; i++) await add(`agent_${i}`, i);
  expect(list.all()).toHaveLength(32);
  expect(await add('new_agent', 32)).toEqual(['0'.repeat(32)]);
  const read = new InvitationList(rows, isFriend);
  await read.load();
  expect(read.all()).toEqual(list.all());
  expect(read.all()).toHaveLength(32);
});

test('those of known inviters keep an eighth of the places, however many strangers invite', async () => {
  const { list, add, ofFriends } = emptyList();
  for (let i = 0; i < 6; i++) await add(`friend_${i}`, i);
  for (let i = 6; i < 100; i++) await add(`stranger_${i}`, i);
  expect(list.all()).toHaveLength(32);
  // The oldest of six went while they had more than an eighth.
  expect(ofFriends()).toBe(4);
  for (let i = 100; i < 110; i++) await add(`friend_${i}`, i);
  expect(list.all()).toHaveLength(32);
  expect(ofFriends()).toBeGreaterThanOrEqual(4);
  expect(list.all().at(-1)?.inviter).toBe('friend_109');
});

test('known inviters with several push out nobody else of theirs while strangers have places', async () => {
  const { list, add, ofFriends } = emptyList();
  for (let i = 0; i < 4; i++) await add('friend_1', i);
  for (let i = 4; i < 60; i++) await add(`stranger_${i}`, i);
  expect(ofFriends()).toBe(4);
  expect(await add('friend_1', 60)).toEqual(['0'.repeat(32)]);
  expect(ofFriends()).toBe(4);
  expect(list.all()).toHaveLength(32);
});
