import { expect, test } from 'vitest';
import type { GroupEventView } from '../../contracts/group-views.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import { eventPart, eventsRow, pageOfEvents } from './events.ts';

const groupId = 'a1'.repeat(16);
const eventAt = (index: number, name: string): GroupEventView => ({
  ...{ groupId, index, at: 1_790_000_000, epoch: 1, by: 'traveller_agent_001' },
  what: { kind: 'renamed', name },
});

/** Rows in memory, and how many were read. */
async function stored(...entries: readonly (readonly GroupEventView[])[]) {
  const rows = memoryRows();
  await rows.write({ put: entries.flatMap((events) => eventsRow(events)), drop: [] });
  const read: string[] = [];
  const back: GroupRows['back'] = async function* (group, prefix, before) {
    for await (const row of rows.back(group, prefix, before)) {
      read.push(row.part);
      yield row;
    }
  };
  return { rows: { back }, read };
}

test('a page of events reads the rows that it shows, and no more', async () => {
  const all = Array.from({ length: 1_000 }, (_, i) => [eventAt(3 * i, `${i}`)]);
  const { rows, read } = await stored(...all);
  expect(await pageOfEvents(rows, groupId, undefined, 2)).toEqual([...(all[998] ?? []), ...(all[999] ?? [])]);
  expect(read).toEqual([eventPart(2_997), eventPart(2_994)]);
  expect(await pageOfEvents(rows, groupId, 2_994, 1)).toEqual(all[997]);
  expect(read).toHaveLength(3);
});

test('what one entry did is never torn apart between pages', async () => {
  const [first, second, third] = [
    [eventAt(1, 'one')],
    [eventAt(4, 'two'), eventAt(4, 'three'), eventAt(4, 'four')],
    [eventAt(9, 'five')],
  ];
  const { rows } = await stored(first, second, third);
  expect(await pageOfEvents(rows, groupId, undefined, 1)).toEqual(third);
  expect(await pageOfEvents(rows, groupId, undefined, 2)).toEqual([...second, ...third]);
  expect(await pageOfEvents(rows, groupId, 9, 2)).toEqual(second);
  expect(await pageOfEvents(rows, groupId, 4, 2)).toEqual(first);
  expect(await pageOfEvents(rows, groupId, 1, 2)).toEqual([]);
});
