import type { DeliveryContext } from './context.ts';
import { hour } from './limits.ts';
import { openPlace, presentMembers } from './membership.ts';
import { release } from './quotas.ts';
import type { EntryRecord, GroupRecord, Position, Upkeep } from './store.ts';

/** Entries that are looked at: first a few, of which most often none may go. */
const fewEntries = 8;
const pageEntries = 1_000;
const mostPassed = 30;

/** What looking after a log works with. */
export type TendContext = Pick<DeliveryContext, 'store' | 'now' | 'limits'>;

/** Returns bytes of a group's messages that are stored, or more. */
function storedBytes({ written }: GroupRecord, { dropped }: Upkeep): number {
  return written - dropped;
}

/**
 * Drops of a group's log what has been kept long enough (groups page, section 4): a message a day after everybody has read it and after
 * 30 days at the latest, other entries after 30 days.
 */
export async function tend(context: TendContext, groupId: string): Promise<void> {
  const { store, limits } = context;
  const group = await store.group(groupId);
  if (group === undefined) return;
  const now = context.now();
  const passed = await notePassed(context, group);
  const read = passed.findLast(({ at }) => at <= now - limits.keptAfterRead)?.index ?? -1;
  await dropMessages(
    context,
    group,
    () =>
      ({ index, at }) =>
        index <= read || at <= now - limits.keptUnread,
  );
  await dropOldest(context, group, read);
}

/**
 * Makes room for `size` bytes: the oldest messages go, whoever has read them. False when a group has too much of what may not go (groups
 * page, section 4).
 */
export async function makeRoom(context: TendContext, group: GroupRecord, size: number): Promise<boolean> {
  const { store, limits } = context;
  const isRoom = async () => storedBytes(group, await store.upkeep(group.groupId)) + size <= limits.group;
  if (await isRoom()) return true;
  await tend(context, group.groupId);
  await dropMessages(context, group, (upkeep) => {
    let tooMuch = storedBytes(group, upkeep) + size - limits.group;
    return (entry) => {
      if (tooMuch <= 0) return false;
      tooMuch -= entry.size;
      return true;
    };
  });
  return isRoom();
}

/** Notes what everybody has read by now, and returns it with what was noted before. */
export async function notePassed(context: TendContext, group: GroupRecord): Promise<Upkeep['passed']> {
  const { store } = context;
  const now = context.now();
  const positions = await store.positions(group.groupId);
  const index = lowestHeld(context, group, positions) - 1;
  let passed: Upkeep['passed'] = [];
  await store.changeUpkeep(group.groupId, (current) => {
    passed = current.passed;
    const last = current.passed.at(-1);
    if (index < 0 || (last !== undefined && last.index >= index)) return current;
    const [before] = current.passed.slice(-2);
    // Few are kept: what is passed within an hour counts from the last of it.
    const isJoined = last !== undefined && before !== last && last.at - (before?.at ?? 0) < hour;
    const kept = isJoined ? current.passed.slice(0, -1) : current.passed;
    passed = [...kept, { index, at: now }].slice(-mostPassed);
    return { ...current, passed };
  });
  return passed;
}

/** Returns the lowest index that somebody holds: members that read within 7 days, and for so long those that were just added. */
function lowestHeld(
  { now: clock, limits }: TendContext,
  { roster, next }: GroupRecord,
  positions: ReadonlyMap<string, Position>,
): number {
  const now = clock();
  const held = presentMembers(roster, { positions, now, limits }).flatMap((agentId) => {
    const place = openPlace(roster, agentId);
    const position = positions.get(agentId);
    // Whoever was removed and is added again may have read long ago, and has read nothing of what comes now.
    const since = Math.max(position?.at ?? 0, place?.at ?? 0);
    if (now - since >= limits.holdsMessages) return [];
    return [Math.max(place?.from ?? 0, (position?.index ?? -1) + 1)];
  });
  return Math.min(next, ...held);
}

/**
 * Drops the messages from the oldest on that may go; entries of other kinds stay. `dueBy` gives what says so of an entry. Appends and looks
 * happen at the same time, at several servers: each message is claimed first, and counted by who has claimed it alone.
 */
async function dropMessages(
  context: TendContext,
  { groupId, next }: GroupRecord,
  dueBy: (upkeep: Upkeep) => (entry: EntryRecord) => boolean,
): Promise<void> {
  const { store } = context;
  for (let isDone = false, limit = fewEntries; !isDone; limit = pageEntries) {
    const upkeep = await store.upkeep(groupId);
    const isDue = dueBy(upkeep);
    const due: EntryRecord[] = [];
    let from = upkeep.messagesFrom;
    const entries = await store.entries(groupId, from, limit);
    isDone = entries.length < limit;
    for (const entry of entries) {
      if (entry.kind === 'message' && !entry.isDropped) {
        if (!isDue(entry)) {
          isDone = true;
          break;
        }
        due.push(entry);
      }
      from = entry.index + 1;
    }
    if (due.length === 0 && isDone) break;
    const bytes = due.reduce((sum, { size }) => sum + size, 0);
    if (!(await claim(context, groupId, upkeep.messagesFrom, { bytes, messagesFrom: Math.min(from, next) }))) {
      isDone = false;
      continue;
    }
    await store.dropMessages(
      groupId,
      due.map(({ index }) => index),
    );
    await release(context, groupId, due);
  }
}

/** Counts messages from index `first` on as dropped; false when another has counted some of them meanwhile. */
async function claim(
  { store }: TendContext,
  groupId: string,
  first: number,
  { bytes, messagesFrom }: { readonly bytes: number; readonly messagesFrom: number },
): Promise<boolean> {
  let isClaimed = false;
  await store.changeUpkeep(groupId, (current) => {
    isClaimed = current.messagesFrom === first;
    return isClaimed ? { ...current, dropped: current.dropped + bytes, messagesFrom } : current;
  });
  return isClaimed;
}

/** Drops whole entries from the beginning of the log. */
async function dropOldest(context: TendContext, group: GroupRecord, read: number): Promise<void> {
  const { store, limits } = context;
  const { groupId, next } = group;
  const now = context.now();
  const before = await store.upkeep(groupId);
  let below = 0;
  let bytes = 0;
  let pending = 0;
  for (let from = 0, isDone = false, limit = fewEntries; !isDone; limit = pageEntries) {
    const entries = await store.entries(groupId, from, limit);
    isDone = entries.length < limit;
    for (const { index, kind, at, size, isDropped } of entries) {
      const isTooMany = index <= read && next - index > limits.entries;
      const isOld = at <= now - limits.keptUnread;
      if (!isOld && !isTooMany) {
        isDone = true;
        break;
      }
      // Messages below were counted when they were claimed.
      if (!isDropped && (kind !== 'message' || index >= before.messagesFrom)) pending += size;
      // Tombstones go with a commit or proposal behind them, without which nobody can go on past them anyway.
      if (kind !== 'message' || isTooMany || at <= now - limits.tombstone) {
        below = index + 1;
        bytes += pending;
        pending = 0;
      }
    }
    from = (entries.at(-1)?.index ?? from) + 1;
  }
  if (below === 0) return;
  await store.dropEntries(groupId, below);
  // What others have counted meanwhile may be the same: it is left out then, and the group counts as fuller than it is.
  await store.changeUpkeep(groupId, (current) =>
    current.dropped === before.dropped ? { ...current, dropped: current.dropped + bytes } : current,
  );
}
