import type { DatabaseSync } from 'node:sqlite';
import { type Append, type DeliveryAgent, type DeliveryStore, newDeliveryAgent } from '../../delivery/store.ts';
import { guarded } from '../guarded.ts';
import { deliveryAgentFromJson, deliveryAgentToJson } from '../json/delivery-records.ts';
import { openDeliveryLogs } from './delivery-logs.ts';
import { bytesIn, numberIn, statementsOf, textIn } from './delivery-rows.ts';
import { deliveryTables } from './delivery-tables.ts';
import { inTransaction } from './schema.ts';

/** Opens what the delivery service stores, in the Controller's database. What a call has stored is on disk when it resolves. */
export function openDeliveryStore(database: DatabaseSync): DeliveryStore {
  database.exec(deliveryTables);
  const agents = openAgents(database);
  const inboxes = openInboxes(database);
  const logs = openDeliveryLogs(database, { changeAgent: agents.change, putWelcome: inboxes.putWelcome });
  const sql = statementsOf(database);
  const remember = sql('INSERT OR IGNORE INTO delivery_remembered (key, kept_until) VALUES (?, ?)');
  const remembered = sql('SELECT 1 FROM delivery_remembered WHERE key = ?');
  const forget = ['delivery_remembered', 'delivery_answers'].map((table) =>
    sql(`DELETE FROM ${table} WHERE kept_until < ?`),
  );
  return {
    ...logs,
    ...agents.calls,
    ...inboxes.calls,
    forgetAgent: (agentId) =>
      guarded(async () =>
        inTransaction(database, () => {
          agents.forget(agentId);
          inboxes.dropUpTo(agentId, Number.MAX_SAFE_INTEGER);
        }),
      ),
    remember: (key, until) => guarded(async () => remember.run(key, until) === 1),
    isRemembered: (key) => guarded(async () => remembered.first(key) !== undefined),
    dropExpired: (now, welcomesBefore) =>
      guarded(async () =>
        inTransaction(database, () => {
          for (const drop of forget) drop.run(now);
          inboxes.dropBefore(welcomesBefore);
        }),
      ),
  };
}

function openAgents(database: DatabaseSync) {
  const sql = statementsOf(database);
  const byId = sql('SELECT record FROM delivery_agents WHERE agent_id = ?');
  const put = sql('INSERT OR REPLACE INTO delivery_agents (agent_id, record) VALUES (?, ?)');
  const addPackage = sql('INSERT OR IGNORE INTO delivery_key_packages (agent_id, hash, bytes) VALUES (?, ?, ?)');
  const dropPackages = sql('DELETE FROM delivery_key_packages WHERE agent_id = ?');
  const dropOldest = sql(
    `DELETE FROM delivery_key_packages WHERE agent_id = ? AND number NOT IN
     (SELECT number FROM delivery_key_packages WHERE agent_id = ? ORDER BY number DESC LIMIT ?)`,
  );
  const countPackages = sql('SELECT count(*) AS value FROM delivery_key_packages WHERE agent_id = ?');
  const takePackage = sql(
    `DELETE FROM delivery_key_packages WHERE number =
     (SELECT min(number) FROM delivery_key_packages WHERE agent_id = ?) RETURNING hash, bytes`,
  );
  const putLastResort = sql('INSERT OR REPLACE INTO delivery_last_resorts (agent_id, bytes) VALUES (?, ?)');
  const dropLastResort = sql('DELETE FROM delivery_last_resorts WHERE agent_id = ?');
  const lastResort = sql('SELECT bytes FROM delivery_last_resorts WHERE agent_id = ?');
  const current = (agentId: string): DeliveryAgent => {
    const row = byId.first(agentId);
    return row === undefined ? newDeliveryAgent : deliveryAgentFromJson(textIn(row, 'record'));
  };
  const change = (agentId: string, to: (before: DeliveryAgent) => DeliveryAgent): DeliveryAgent => {
    const before = current(agentId);
    const after = to(before);
    if (after !== before) put.run(agentId, deliveryAgentToJson(after));
    return after;
  };
  const calls = {
    agent: (agentId) => guarded(async () => current(agentId)),
    changeAgent: (agentId, to) =>
      guarded(async () => {
        let after = newDeliveryAgent;
        inTransaction(database, () => {
          after = change(agentId, to);
        });
        return after;
      }),
    addKeyPackages: (agentId, packages, most, replace) =>
      guarded(async () => {
        inTransaction(database, () => {
          if (replace) dropPackages.run(agentId);
          for (const { hash, bytes } of packages) addPackage.run(agentId, hash, bytes);
          dropOldest.run(agentId, agentId, most);
        });
        return numberIn(countPackages.first(agentId), 'value');
      }),
    putLastResort: (agentId, bytes) =>
      guarded(async () => {
        if (bytes === undefined) dropLastResort.run(agentId);
        else putLastResort.run(agentId, bytes);
      }),
    takeKeyPackage: (agentId) =>
      guarded(async () => {
        const row = takePackage.first(agentId);
        return row === undefined ? undefined : { hash: textIn(row, 'hash'), bytes: bytesIn(row, 'bytes') };
      }),
    lastResort: (agentId) =>
      guarded(async () => {
        const row = lastResort.first(agentId);
        return row === undefined ? undefined : bytesIn(row, 'bytes');
      }),
  } satisfies Partial<DeliveryStore>;
  const forget = (agentId: string) => {
    dropPackages.run(agentId);
    dropLastResort.run(agentId);
  };
  return { calls, change, forget };
}

function openInboxes(database: DatabaseSync) {
  const sql = statementsOf(database);
  const addWelcome = sql(
    'INSERT INTO delivery_welcomes (group_id, entry, sender, size, at, bytes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const nextOf = sql('SELECT next AS value FROM delivery_inboxes WHERE agent_id = ?');
  const moveNext = sql('INSERT OR REPLACE INTO delivery_inboxes (agent_id, next) VALUES (?, ?)');
  const addItem = sql('INSERT INTO delivery_inbox (agent_id, number, group_id, entry, at) VALUES (?, ?, ?, ?, ?)');
  const itemsFrom = sql(
    `SELECT number, delivery_inbox.group_id, delivery_inbox.entry, sender, size, delivery_inbox.at
     FROM delivery_inbox JOIN delivery_welcomes USING (group_id, entry)
     WHERE agent_id = ? AND number >= ? ORDER BY number LIMIT ?`,
  );
  const welcomeOf = sql(
    `SELECT bytes FROM delivery_inbox JOIN delivery_welcomes USING (group_id, entry) WHERE agent_id = ? AND number = ?`,
  );
  const dropItems = sql('DELETE FROM delivery_inbox WHERE agent_id = ? AND number <= ? RETURNING group_id, entry');
  const dropOld = sql('DELETE FROM delivery_inbox WHERE at < ? RETURNING group_id, entry');
  const dropWelcome = sql(
    `DELETE FROM delivery_welcomes WHERE group_id = ?1 AND entry = ?2
     AND NOT EXISTS (SELECT 1 FROM delivery_inbox WHERE group_id = ?1 AND entry = ?2)`,
  );
  const unreadIn = sql(
    `SELECT sum(size) AS value FROM delivery_inbox JOIN delivery_welcomes USING (group_id, entry)
     WHERE agent_id = ? AND sender = ?`,
  );
  const unread = sql('SELECT sum(size) AS value FROM delivery_welcomes WHERE sender = ?');
  const dropUnused = (rows: ReturnType<typeof dropItems.all>) => {
    for (const row of rows) dropWelcome.run(textIn(row, 'group_id'), numberIn(row, 'entry'));
  };
  const dropUpTo = (agentId: string, index: number) => dropUnused(dropItems.all(agentId, index));
  const dropBefore = (at: number) => dropUnused(dropOld.all(at));
  const putWelcome = ({ entry: { index: entry, sender, at }, welcome, after: { groupId } }: Append) => {
    if (welcome === undefined) return;
    addWelcome.run(groupId, entry, sender, welcome.message.length, at, welcome.message);
    for (const agentId of welcome.to) {
      const next = numberIn(nextOf.first(agentId), 'value');
      addItem.run(agentId, next, groupId, entry, at);
      moveNext.run(agentId, next + 1);
    }
  };
  const calls = {
    inbox: (agentId, from, limit) =>
      guarded(async () =>
        itemsFrom.all(agentId, from, limit).map((row) => ({
          index: numberIn(row, 'number'),
          groupId: textIn(row, 'group_id'),
          entry: numberIn(row, 'entry'),
          from: textIn(row, 'sender'),
          size: numberIn(row, 'size'),
          at: numberIn(row, 'at'),
        })),
      ),
    welcome: (agentId, index) =>
      guarded(async () => {
        const row = welcomeOf.first(agentId, index);
        return row === undefined ? undefined : bytesIn(row, 'bytes');
      }),
    inboxNext: (agentId) => guarded(async () => numberIn(nextOf.first(agentId), 'value')),
    readInbox: (agentId, index) => guarded(async () => inTransaction(database, () => dropUpTo(agentId, index))),
    unreadIn: (agentId, sender) => guarded(async () => numberIn(unreadIn.first(agentId, sender), 'value')),
    unreadWelcomes: (sender) => guarded(async () => numberIn(unread.first(sender), 'value')),
  } satisfies Partial<DeliveryStore>;
  return { calls, putWelcome, dropUpTo, dropBefore };
}
