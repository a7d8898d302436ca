import { expect, test } from 'vitest';
import { encodeAuthenticator, encodeHead, headMemory } from '../../../group/storage/head-record.ts';
import { loadAuthenticator, loadHead } from '../../../group/storage/load.ts';
import { authenticatorPart, headPart } from '../../../group/storage/parts.ts';
import { Turns } from '../../audit/turns.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import { eventPart, eventsRow, pageOfEvents } from './events.ts';
import { Forgetting, mostEventRows } from './forgetting.ts';

const groupId = 'ab'.repeat(16);
const day = 86_400;
const began = 1_790_000_000;

test('heads and authenticators go after 31 days, but those that a member is read with, and an hour passes between two looks', async () => {
  const { rows, forgetting } = world();
  // One entry a day, every tenth begins an epoch.
  for (let index = 0; index < 60; index++) await entry(rows, index);
  const now = began + 59 * day;
  await forgetting.look(now);
  const oldest = 59 - headMemory / day;
  expect(await kept(rows, 'head/')).toEqual(some(oldest, 60).map(headPart));
  // Epoch 2 began with entry 20, and entry 28 was read in it.
  expect(await kept(rows, 'auth/')).toEqual(some(2, 6).map(authenticatorPart));
  expect(await loadAuthenticator({ all: (prefix) => rows.all(groupId, prefix) }, oldest)).toMatchObject({ epoch: 2 });

  const writes = rows.writes.length;
  await forgetting.look(now + 3_599);
  expect(rows.writes.length).toBe(writes);
  await forgetting.look(now + 100 * day);
  expect(await kept(rows, 'head/')).toEqual([headPart(59)]);
  expect(await kept(rows, 'auth/')).toEqual([authenticatorPart(5)]);
  expect(await loadHead({ read: (part) => rows.read(groupId, part) }, 59)).toEqual(headOf(59));
});

test('events are kept of so many entries, and are read a page at a time', async () => {
  const { rows, forgetting } = world();
  const put = some(0, mostEventRows + 300).flatMap((index) =>
    eventsRow([{ groupId, index, at: began, epoch: index, by: 'traveller_agent_001', what: { kind: 'updated' } }]),
  );
  await rows.write({ put, drop: [] });
  await forgetting.look(began);
  expect(await kept(rows, 'event/')).toEqual(some(300, mostEventRows + 300).map(eventPart));
  const newest = await pageOfEvents(rows, groupId);
  expect(newest.map(({ index }) => index)).toEqual(some(mostEventRows + 250, mostEventRows + 300));
  const before = await pageOfEvents(rows, groupId, newest[0]?.index, 7);
  expect(before.map(({ index }) => index)).toEqual(some(mostEventRows + 243, mostEventRows + 250));
});

function world() {
  const rows = memoryRows();
  const turns = new Turns();
  const forgetting = new Forgetting(rows, {
    groupId,
    turns,
    keep: ({ change }) => rows.write({ put: [], drop: [], ...change }),
  });
  return { rows, forgetting };
}

function entry(rows: ReturnType<typeof memoryRows>, index: number): Promise<void> {
  const at = began + index * day;
  const head = { group: groupId, part: headPart(index), bytes: encodeHead({ at, head: headOf(index) }) };
  const epoch = { at, index, authenticator: headOf(index) };
  const begins = { group: groupId, part: authenticatorPart(index / 10), bytes: encodeAuthenticator(epoch) };
  return rows.write({ put: index % 10 === 0 ? [head, begins] : [head], drop: [] });
}

const headOf = (index: number) => new Uint8Array(32).fill(index);

async function kept(rows: ReturnType<typeof memoryRows>, prefix: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { part } of rows.all(groupId, prefix)) found.push(part);
  return found;
}

const some = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
