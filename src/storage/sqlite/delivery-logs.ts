import type { DatabaseSync } from 'node:sqlite';
import {
  type DeliveryAgent,
  type DeliveryStore,
  type GroupRecord,
  newUpkeep,
  type Position,
  type Roster,
} from '../../delivery/store.ts';
import { guarded } from '../guarded.ts';
import {
  entryFromJson,
  entryToJson,
  groupTipFromJson,
  groupTipToJson,
  rosterFromJson,
  rosterToJson,
  upkeepFromJson,
  upkeepToJson,
} from '../json/delivery-records.ts';
import { bytesIn, damaged, numberIn, statementsOf, textIn } from './delivery-rows.ts';
import { inTransaction } from './schema.ts';

type Logs = Pick<
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

/** What an append writes besides the log, within its transaction. */
export interface AppendParts {
  changeAgent(agentId: string, change: (current: DeliveryAgent) => DeliveryAgent): void;
  putWelcome: (append: Parameters<DeliveryStore['append']>[0]) => void;
}

/** Opens groups' logs, positions and upkeep in a database that has the tables. */
export function openDeliveryLogs(database: DatabaseSync, { changeAgent, putWelcome }: AppendParts): Logs {
  const sql = statementsOf(database);
  const groupById = sql('SELECT record, roster FROM delivery_groups WHERE group_id = ?');
  const groupsAfter = sql('SELECT group_id FROM delivery_groups WHERE group_id > ? ORDER BY group_id LIMIT ?');
  const nextOf = sql('SELECT next FROM delivery_groups WHERE group_id = ?');
  const addGroup = sql('INSERT INTO delivery_groups (group_id, next, record, roster) VALUES (?, ?, ?, ?)');
  const moveGroup = sql('UPDATE delivery_groups SET next = ?, record = ? WHERE group_id = ?');
  const moveRoster = sql('UPDATE delivery_groups SET roster = ? WHERE group_id = ?');
  const answer = sql('SELECT number, head FROM delivery_answers WHERE sender = ? AND entry_id = ?');
  const addAnswer = sql(
    'INSERT INTO delivery_answers (sender, entry_id, number, head, kept_until) VALUES (?, ?, ?, ?, ?)',
  );
  const addEntry = sql('INSERT INTO delivery_entries (group_id, number, dropped, record) VALUES (?, ?, 0, ?)');
  const addMessage = sql('INSERT INTO delivery_messages (group_id, number, bytes) VALUES (?, ?, ?)');
  const entriesFrom = sql(
    'SELECT number, dropped, record FROM delivery_entries WHERE group_id = ? AND number >= ? ORDER BY number LIMIT ?',
  );
  const messageOf = sql('SELECT bytes FROM delivery_messages WHERE group_id = ? AND number = ?');
  const dropMessage = sql('DELETE FROM delivery_messages WHERE group_id = ? AND number = ?');
  const markDropped = sql('UPDATE delivery_entries SET dropped = 1 WHERE group_id = ? AND number = ?');
  const dropBelow = ['delivery_messages', 'delivery_entries'].map((table) =>
    sql(`DELETE FROM ${table} WHERE group_id = ? AND number < ?`),
  );
  const positionsOf = sql('SELECT agent_id, number, at FROM delivery_positions WHERE group_id = ?');
  const putPosition = sql(
    `INSERT INTO delivery_positions (group_id, agent_id, number, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET number = max(number, excluded.number), at = max(at, excluded.at) RETURNING number`,
  );
  const upkeepOf = sql('SELECT record FROM delivery_upkeep WHERE group_id = ?');
  const putUpkeep = sql('INSERT OR REPLACE INTO delivery_upkeep (group_id, record) VALUES (?, ?)');
  /** What each roster that was read is stored as: one that comes back with an append is stored already. */
  const stored = new WeakSet<Roster>();
  const currentUpkeep = (groupId: string) => {
    const row = upkeepOf.first(groupId);
    return row === undefined ? newUpkeep : upkeepFromJson(textIn(row, 'record'));
  };
  const putGroup = (after: GroupRecord, isNew: boolean) => {
    const { groupId, next, roster } = after;
    if (isNew) addGroup.run(groupId, next, groupTipToJson(after), rosterToJson(roster));
    else {
      moveGroup.run(next, groupTipToJson(after), groupId);
      if (!stored.has(roster)) moveRoster.run(rosterToJson(roster), groupId);
    }
  };

  return {
    group: (groupId) =>
      guarded(async () => {
        const row = groupById.first(groupId);
        if (row === undefined) return undefined;
        const roster = rosterFromJson(textIn(row, 'roster'));
        stored.add(roster);
        return { ...groupTipFromJson(textIn(row, 'record')), roster };
      }),
    groups: (after, limit) => guarded(async () => groupsAfter.all(after, limit).map((row) => textIn(row, 'group_id'))),
    answered: (sender, entryId) =>
      guarded(async () => {
        const row = answer.first(sender, entryId);
        return row === undefined ? undefined : { index: numberIn(row, 'number'), head: bytesIn(row, 'head') };
      }),
    append: (given) =>
      guarded(async () => {
        const { entry, message, after, account, rememberUntil } = given;
        const { groupId, head } = after;
        const { index, sender, entryId } = entry;
        let isTaken = false;
        inTransaction(database, () => {
          const group = nextOf.first(groupId);
          if (numberIn(group, 'next') !== index || answer.first(sender, entryId) !== undefined) return;
          isTaken = true;
          changeAgent(sender, account);
          addEntry.run(groupId, index, entryToJson(entry));
          addMessage.run(groupId, index, message);
          putGroup(after, group === undefined);
          addAnswer.run(sender, entryId, index, head, rememberUntil);
          putWelcome(given);
        });
        return isTaken;
      }),
    entries: (groupId, from, limit) =>
      guarded(async () =>
        entriesFrom.all(groupId, from, limit).map((row) => {
          const entry = entryFromJson(textIn(row, 'record'), numberIn(row, 'dropped') === 1);
          if (entry.index !== numberIn(row, 'number')) throw damaged();
          return entry;
        }),
      ),
    message: (groupId, index) =>
      guarded(async () => {
        const row = messageOf.first(groupId, index);
        return row === undefined ? undefined : bytesIn(row, 'bytes');
      }),
    dropMessages: (groupId, indices) =>
      guarded(async () =>
        inTransaction(database, () => {
          for (const index of indices) {
            dropMessage.run(groupId, index);
            markDropped.run(groupId, index);
          }
        }),
      ),
    dropEntries: (groupId, below) =>
      guarded(async () =>
        inTransaction(database, () => {
          for (const drop of dropBelow) drop.run(groupId, below);
        }),
      ),
    positions: (groupId) =>
      guarded(async () => {
        const position = (row: Parameters<typeof textIn>[0]): readonly [string, Position] => [
          textIn(row, 'agent_id'),
          { index: numberIn(row, 'number'), at: numberIn(row, 'at') },
        ];
        return new Map(positionsOf.all(groupId).map(position));
      }),
    setPosition: (groupId, agentId, { index, at }) =>
      guarded(async () => numberIn(putPosition.first(groupId, agentId, index, at), 'number')),
    upkeep: (groupId) => guarded(async () => currentUpkeep(groupId)),
    changeUpkeep: (groupId, change) =>
      guarded(async () =>
        inTransaction(database, () => {
          const before = currentUpkeep(groupId);
          const after = change(before);
          if (after !== before) putUpkeep.run(groupId, upkeepToJson(after));
        }),
      ),
  };
}
