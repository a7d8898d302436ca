import * as v from 'valibot';
import type { LogEntry } from '../../../group/log/entry.ts';
import type { CommitChange } from '../../../group/rules/commit-change.ts';
import type { GroupEventView } from '../../contracts/group-views.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { encodeJsonRow, jsonRowIn } from '../rows/json-row.ts';
import { seconds, whole } from '../rows/row-values.ts';

type What = GroupEventView['what'];

/**
 * Returns what a commit that was applied did, as a person is told: one view for each thing. The first entry of a log made the group.
 * `epoch`: the one that it began.
 */
export function eventsOfChange(
  groupId: string,
  entry: LogEntry,
  epoch: number,
  change: CommitChange,
): readonly GroupEventView[] {
  const { by, added, removed, left, rejoined, renamed, admins, because } = change;
  const all: What[] = [
    ...(entry.index === 0 ? [{ kind: 'created' } as const] : []),
    ...(rejoined.length === 0 ? [] : [{ kind: 'rejoined', who: rejoined } as const]),
    ...(left.length === 0 ? [] : [{ kind: 'left', who: left } as const]),
    ...(removed.length === 0
      ? []
      : [{ kind: 'removed', who: removed, ...(because === undefined ? {} : { because }) } as const]),
    ...(added.length === 0 ? [] : [{ kind: 'added', who: added } as const]),
    ...(renamed === undefined ? [] : [{ kind: 'renamed', name: renamed } as const]),
    ...(admins === undefined ? [] : [{ kind: 'admins', admins } as const]),
  ];
  const what: readonly What[] = all.length === 0 ? [{ kind: 'updated' }] : all;
  return what.map((one) => eventOf(groupId, entry, epoch, by, one));
}

/** Returns the event of an entry. */
export function eventOf(groupId: string, entry: LogEntry, epoch: number, by: string, what: What): GroupEventView {
  return { groupId, index: entry.index, at: entry.at, epoch, by, what };
}

/** Returns the row of the events of one entry. */
export function eventsRow(events: readonly GroupEventView[]) {
  const [first] = events;
  if (first === undefined) return [];
  return [{ group: first.groupId, part: eventPart(first.index), bytes: encodeJsonRow(1, { events }) }];
}

/** Where the rows of events begin. */
export const eventPrefix = 'event/';

/** Returns the part of the events of an entry. */
export function eventPart(index: number): string {
  return `${eventPrefix}${String(index).padStart(12, '0')}`;
}

/** Events of a page when nobody says how many, and at most. */
const pageSize = { usual: 50, most: 500 } as const;

/** Comes after every part of an event. */
const afterAll = `${eventPrefix}~`;

/**
 * Returns what happened in a group, the newest last: `count` before an index, when there are as many, and what else the first one's
 * entry did: the next page may begin before that one. No row more is read than that needs. What cannot be read is left out.
 */
export async function pageOfEvents(
  rows: Pick<GroupRows, 'back'>,
  groupId: string,
  before: number = Number.POSITIVE_INFINITY,
  count: number = pageSize.usual,
): Promise<readonly GroupEventView[]> {
  const wanted = Math.max(1, Math.min(count, pageSize.most));
  const pieces: (readonly GroupEventView[])[] = [];
  let found = 0;
  const end = Number.isSafeInteger(before) ? eventPart(Math.max(0, before)) : afterAll;
  for await (const { part, bytes } of rows.back(groupId, eventPrefix, end)) {
    const events = jsonRowIn(eventsV1, bytes)?.events ?? [];
    if (!events.every((event) => event.groupId === groupId && eventPart(event.index) === part)) continue;
    pieces.push(events);
    found += events.length;
    if (found >= wanted) break;
  }
  return pieces.toReversed().flat();
}

const names = v.array(v.string());
const what = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['created', 'joined', 'updated', 'asked_to_leave']) }),
  v.strictObject({
    kind: v.picklist(['added', 'removed', 'rejoined', 'left']),
    who: names,
    because: v.exactOptional(v.picklist(['revoked', 'expired'])),
  }),
  v.strictObject({ kind: v.literal('renamed'), name: v.string() }),
  v.strictObject({ kind: v.literal('admins'), admins: names }),
  v.strictObject({ kind: v.literal('skipped'), code: v.string() }),
]);
/** Version 1 of the events of one entry at rest. It is never changed. */
const eventsV1 = v.strictObject({
  version: v.literal(1),
  events: v.array(
    v.strictObject({
      groupId: v.string(),
      index: whole,
      at: seconds,
      epoch: whole,
      by: v.string(),
      what,
    }),
  ),
});
