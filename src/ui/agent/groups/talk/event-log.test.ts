import { expect, test } from 'vitest';
import type { GroupEventView } from '../../../../agent/contracts/group-views.ts';
import { ParleyError } from '../../../../protocol/errors.ts';
import { groupId } from '../testing/group-view.ts';
import { EventLog } from './event-log.ts';

const event = (index: number): GroupEventView => ({
  groupId,
  index,
  at: index,
  epoch: index,
  by: 'traveller_agent_001',
  what: { kind: 'updated' },
});

/** A log of `length` entries, each an event. */
const logOf = (length: number) => async (before: number | undefined, count: number) => {
  const end = before ?? length;
  return Array.from({ length: end }, (_, index) => event(index)).slice(Math.max(0, end - count));
};

const indexes = (log: EventLog) => log.store.getState().events.map(({ index }) => index);

test('reads as far back as is shown, and no further', async () => {
  const log = new EventLog(logOf(180));
  await log.reach(100);
  expect(indexes(log)[0]).toBe(80);
  await log.reach(undefined);
  expect(indexes(log)).toHaveLength(180);
  expect(log.store.getState().hasOlder).toBe(false);
});

test('what happens meanwhile is added once', async () => {
  const log = new EventLog(logOf(3));
  log.add(event(2));
  log.add(event(3));
  await log.reach(undefined);
  log.add(event(3));
  expect(indexes(log)).toEqual([0, 1, 2, 3]);
});

test('a failure is told, and what was read stays', async () => {
  const log = new EventLog(async () => {
    throw new ParleyError('unknown_group', 'There is no such group.');
  });
  log.add(event(1));
  await log.reach(undefined);
  expect(log.store.getState()).toMatchObject({ failure: { code: 'unknown_group' }, events: [{ index: 1 }] });
});

test('everything that one entry did is shown, and a page that is longer for it is not the last one', async () => {
  const both: readonly GroupEventView[] = [
    { ...event(60), what: { kind: 'left', who: ['helper_agent_001'] } },
    { ...event(60), what: { kind: 'added', who: ['guide_agent_001'] } },
  ];
  const log = new EventLog(async (before, count) => {
    if (before !== undefined) return logOf(60)(before, count);
    return [...both, ...(await logOf(61 + count - 1)(undefined, count - 1))];
  });
  await log.reach(undefined);
  expect(log.store.getState().events.slice(60, 62)).toEqual(both);
  expect(indexes(log)[0]).toBe(0);
});
