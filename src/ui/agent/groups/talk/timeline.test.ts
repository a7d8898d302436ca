import { expect, test } from 'vitest';
import type { GroupEventView } from '../../../../agent/contracts/group-views.ts';
import { groupId, said } from '../testing/group-view.ts';
import { firstIndex, type TimelineItem, timelineOf } from './timeline.ts';

const event = (index: number): GroupEventView => ({
  groupId,
  index,
  at: index,
  epoch: 1,
  by: 'traveller_agent_001',
  what: { kind: 'updated' },
});

/** What is sent and not in the log yet. */
const underWay = (number: number) => {
  const { index: _, ...group } = said(number).group;
  return { ...said(number), group };
};

const words = (items: readonly TimelineItem[]) =>
  items.map((item) => (item.kind === 'said' ? item.exchange.requestId : `event ${item.event.index}`));

const whole = { hasOlder: false, hasNewer: false };

test('stands in the order of the log, whatever came to this agent first, and what is under way last', () => {
  const exchanges = [underWay(1), said(7), said(3)];
  expect(words(timelineOf({ exchanges, ...whole }, [event(0), event(5), event(9)]))).toEqual([
    'event 0',
    'm3',
    'event 5',
    'm7',
    'event 9',
    'm1',
  ]);
});

test('what happened between messages that are not shown is not shown', () => {
  const exchanges = [said(4), said(8)];
  const events = [event(2), event(5), event(9)];
  expect(words(timelineOf({ exchanges, hasOlder: true, hasNewer: false }, events))).toEqual([
    'm4',
    'event 5',
    'm8',
    'event 9',
  ]);
  expect(words(timelineOf({ exchanges, hasOlder: false, hasNewer: true }, events))).toEqual([
    'event 2',
    'm4',
    'event 5',
    'm8',
  ]);
});

test('where nothing was said everything that happened is shown', () => {
  expect(words(timelineOf({ exchanges: [], ...whole }, [event(0), event(1)]))).toEqual(['event 0', 'event 1']);
});

test('a stretch begins with the lowest index in it', () => {
  expect(firstIndex([underWay(1), said(9), said(6)])).toBe(6);
  expect(firstIndex([underWay(1)])).toBeUndefined();
});
