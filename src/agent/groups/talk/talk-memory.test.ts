import { expect, test } from 'vitest';
import { messageIdOf } from './one-talk.ts';
import { silent } from './state-row.ts';
import { TalkMemory } from './talk-memory.ts';

const day = 86_400;

/** A memory of messages of Helper and Traveller in turns, a day apart; Traveller is this agent. */
function memoryOf(count: number): TalkMemory {
  const memory = new TalkMemory();
  for (let index = 0; index < count; index++) {
    const sender = index % 2 === 0 ? 'helper' : 'traveller';
    const messageId = messageIdOf(index.toString(16).padStart(32, '0'));
    const requestId = `request-${index}`;
    memory.add({ index, kind: 'message', messageId, at: index * day, sender, seen: -1, requestId }, 'traveller');
  }
  return memory;
}

test('counts what others said that was not seen, and knows the newest', () => {
  const memory = memoryOf(10);
  expect([memory.unread, memory.newest]).toEqual([5, 9]);
  memory.saw({ ...silent, seen: 4 });
  expect(memory.unread).toBe(2);
  memory.saw({ ...silent, seen: 9 });
  expect([memory.unread, memory.newest]).toEqual([0, 9]);
  expect(new TalkMemory().newest).toBe(-1);
});

test('forgets what is older than 31 days, eight at a time, also as unread and as own', () => {
  const memory = memoryOf(60);
  for (let times = 0; times < 2; times++) {
    const outdated = memory.outdated(59 * day);
    expect(outdated).toHaveLength(8);
    memory.forget(outdated);
  }
  expect(memory.unread).toBe(22);
  expect(memory.ownAfter(-1).map(({ index }) => index)[0]).toBe(17);
  expect(memory.find('f'.padStart(32, '0'), 'traveller')).toBeUndefined();
  expect(memory.find('10'.padStart(32, '0'), 'helper')).toMatchObject({ index: 16 });
});
