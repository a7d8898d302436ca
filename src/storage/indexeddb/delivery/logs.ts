import * as v from 'valibot';
import {
  type Append,
  type DeliveryAgent,
  type DeliveryStore,
  type EntryRecord,
  newUpkeep,
  type Position,
  type Upkeep,
} from '../../../delivery/store.ts';
import { guarded } from '../../guarded.ts';
import { passing } from '../../passing.ts';
import {
  entryRecordV1,
  groupTipV1,
  rosterV1,
  toEntryRecordV1,
  toGroupTipV1,
  toRosterV1,
  toUpkeepV1,
  upkeepV1,
} from '../../records/delivery.ts';
import { storedBytes } from '../../stored-history.ts';
import { putWelcome } from './inboxes.ts';
import type { DeliveryDatabase, DeliveryWriting } from './schema.ts';

/** Version 1 of a group, of an entry and of the first answer to an append. */
const groupV1 = v.object({ tip: groupTipV1(storedBytes), roster: rosterV1 });
const entryV1 = v.object({ record: entryRecordV1(storedBytes), isDropped: v.boolean() });
const answerV1 = v.object({ index: v.number(), head: storedBytes, until: v.number() });
const positionV1 = v.object({ index: v.number(), at: v.number() });

/** Changes an agent's record within a transaction of the caller. */
export type ChangeAgent = (
  transaction: DeliveryWriting,
  agentId: string,
  change: (current: DeliveryAgent) => DeliveryAgent,
) => Promise<DeliveryAgent>;

/** What is asked of logs. */
type LogCalls = Pick<
  DeliveryStore,
  | 'group'
  | 'groups'
  | 'answered'
  | 'append'
  | 'entries'
  | 'message'
  | 'dropMessages'
  | 'dropEntries'
  | 'positions'
  | 'setPosition'
  | 'upkeep'
  | 'changeUpkeep'
>;

/** Opens the logs of groups. */
export function openLogs(database: DeliveryDatabase, changeAgent: ChangeAgent): LogCalls {
  return {
    ...openReading(database),
    group: (groupId) =>
      guarded(async () => {
        const found = await (await database.read()).get('groups', groupId);
        if (found === undefined) return undefined;
        const { tip, roster } = v.parse(groupV1, found);
        return { ...tip, roster };
      }),
    groups: (after, limit) =>
      guarded(async () =>
        limit <= 0 ? [] : (await database.read()).getAllKeys('groups', IDBKeyRange.lowerBound(after, true), limit),
      ),
    answered: (sender, entryId) =>
      guarded(async () => {
        const found = await (await database.read()).get('answers', [sender, entryId]);
        if (found === undefined) return undefined;
        const { index, head } = v.parse(answerV1, found);
        return { index, head };
      }),
    append: (append) =>
      passing(guarded, append.account, (account) =>
        database.write((transaction) => put(transaction, append, account, changeAgent)),
      ),
    entries: (groupId, from, limit) =>
      guarded(async () => {
        if (limit <= 0) return [];
        const found = await (await database.read()).getAll('entries', entriesFrom(groupId, from), limit);
        return found.map(readEntry);
      }),
    message: (groupId, index) =>
      guarded(async () => {
        const found = await (await database.read()).get('messages', [groupId, index]);
        return found === undefined ? undefined : v.parse(storedBytes, found);
      }),
    dropMessages: (groupId, indices) =>
      guarded(() =>
        database.write(async (transaction) => {
          const entries = transaction.objectStore('entries');
          for (const index of indices) {
            const found = await entries.get([groupId, index]);
            if (found === undefined) continue;
            await entries.put({ ...v.parse(entryV1, found), isDropped: true }, [groupId, index]);
            await transaction.objectStore('messages').delete([groupId, index]);
          }
        }),
      ),
    dropEntries: (groupId, below) =>
      guarded(() =>
        database.write(async (transaction) => {
          const range = IDBKeyRange.bound([groupId], [groupId, below], false, true);
          await transaction.objectStore('entries').delete(range);
          await transaction.objectStore('messages').delete(range);
        }),
      ),
  };
}

function openReading(
  database: DeliveryDatabase,
): Pick<LogCalls, 'positions' | 'setPosition' | 'upkeep' | 'changeUpkeep'> {
  return {
    positions: (groupId) =>
      guarded(async () => {
        const { store } = (await database.read()).transaction('positions');
        const all = new Map<string, Position>();
        for await (const { key, value } of store.iterate(allOf(groupId))) all.set(key[1], v.parse(positionV1, value));
        return all;
      }),
    setPosition: (groupId, agentId, { index, at }) =>
      guarded(() =>
        database.write(async (transaction) => {
          const positions = transaction.objectStore('positions');
          const found = await positions.get([groupId, agentId]);
          const before = found === undefined ? { index: 0, at: 0 } : v.parse(positionV1, found);
          const stands = Math.max(index, before.index);
          await positions.put({ index: stands, at: Math.max(at, before.at) }, [groupId, agentId]);
          return stands;
        }),
      ),
    upkeep: (groupId) => guarded(async () => readUpkeep(await (await database.read()).get('upkeep', groupId))),
    changeUpkeep: (groupId, change) =>
      passing(guarded, change, (told) =>
        database.write(async (transaction) => {
          const upkeep = transaction.objectStore('upkeep');
          const made = told(readUpkeep(await upkeep.get(groupId)));
          await upkeep.put(toUpkeepV1(made), groupId);
        }),
      ),
  };
}

async function put(
  transaction: DeliveryWriting,
  append: Append,
  account: Append['account'],
  changeAgent: ChangeAgent,
): Promise<boolean> {
  const { entry, message, after, rememberUntil } = append;
  const { groupId } = after;
  const groups = transaction.objectStore('groups');
  const answers = transaction.objectStore('answers');
  const found = await groups.get(groupId);
  const next = found === undefined ? 0 : v.parse(groupV1, found).tip.next;
  if (next !== entry.index || (await answers.count([entry.sender, entry.entryId])) > 0) return false;
  await changeAgent(transaction, entry.sender, account);
  await transaction
    .objectStore('entries')
    .put({ record: toEntryRecordV1(entry), isDropped: entry.isDropped }, [groupId, entry.index]);
  await transaction.objectStore('messages').put(message, [groupId, entry.index]);
  await groups.put({ tip: toGroupTipV1(after), roster: toRosterV1(after.roster) }, groupId);
  await answers.put({ index: entry.index, head: after.head, until: rememberUntil }, [entry.sender, entry.entryId]);
  await putWelcome(transaction, append);
  return true;
}

function readEntry(stored: unknown): EntryRecord {
  const { record, isDropped } = v.parse(entryV1, stored);
  return { ...record, isDropped };
}

function readUpkeep(stored: unknown): Upkeep {
  return stored === undefined ? newUpkeep : v.parse(upkeepV1, stored);
}

function entriesFrom(groupId: string, index: number): IDBKeyRange {
  return IDBKeyRange.bound([groupId, index], [groupId, Number.POSITIVE_INFINITY]);
}

/** An array sorts after every string, so this is the range of all that begin with the group's id. */
function allOf(groupId: string): IDBKeyRange {
  return IDBKeyRange.bound([groupId], [groupId, []]);
}
