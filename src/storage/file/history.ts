import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import * as v from 'valibot';
import type { AuditStore } from '../../agent/contracts/audit-store.ts';
import type { HistoryStore, StoredExchange, StoredUsage } from '../../agent/contracts/history-store.ts';
import { packEntry } from '../audit-entry/packed-entry.ts';
import { bounded } from '../bounded-piece.ts';
import { guarded } from '../guarded.ts';
import { parsedRecord, recordToJson } from '../json/record.ts';
import { exchangeV1, lastOfEach, retentionV1, toRetentionV1 } from '../stored-history.ts';
import { placedTokens } from '../token-index/change.ts';
import { type PostingPlace, placesDeletedBy } from '../token-index/places.ts';
import { addEntries, dropCertificates, readEntries } from './audit-rows.ts';
import { putGroups, sealGroupChange } from './groups.ts';
import type { HistoryKeyFile } from './history-key-file.ts';
import { putRequests } from './requests.ts';
import { TokenIndex } from './token-index.ts';
import { emptyLog, inTransaction } from './transaction.ts';

/** The exchanges, how much there is of each peer, which triggers keep right, and the audit trail. */
export const historySchema = `
  CREATE TABLE exchanges (
    peer_id TEXT NOT NULL, sequence INTEGER NOT NULL, session_id TEXT NOT NULL,
    direction TEXT NOT NULL, at INTEGER NOT NULL, open INTEGER NOT NULL, tag TEXT NOT NULL, iv BLOB NOT NULL,
    ciphertext BLOB NOT NULL, PRIMARY KEY (peer_id, sequence)
  ) STRICT;
  CREATE INDEX exchanges_by_tag ON exchanges (tag);
  CREATE INDEX exchanges_open ON exchanges (at) WHERE open = 1;
  CREATE TABLE peers (
    id TEXT PRIMARY KEY, exchanges INTEGER NOT NULL, bytes INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
    retention TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER exchange_added AFTER INSERT ON exchanges BEGIN
    INSERT INTO peers VALUES (new.peer_id, 1, length(new.ciphertext), new.sequence, '{"keep":"all"}')
    ON CONFLICT DO UPDATE SET exchanges = exchanges + 1, bytes = bytes + excluded.bytes,
      last_sequence = max(last_sequence, excluded.last_sequence);
  END;
  CREATE TRIGGER exchange_changed AFTER UPDATE ON exchanges BEGIN
    UPDATE peers SET bytes = bytes + length(new.ciphertext) - length(old.ciphertext) WHERE id = new.peer_id;
  END;
  CREATE TRIGGER exchange_deleted AFTER DELETE ON exchanges BEGIN
    UPDATE peers SET exchanges = exchanges - 1, bytes = bytes - length(old.ciphertext) WHERE id = old.peer_id;
  END;
  CREATE TABLE audit (number INTEGER PRIMARY KEY, text TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
`;

const selectExchanges = `SELECT peer_id AS peerId, session_id AS sessionId, direction, sequence, at, open, tag, iv, ciphertext
  FROM exchanges`;
const sizeRow = v.object({ sequence: v.number(), at: v.number(), bytes: v.number() });
const placeRow = v.object({ peerId: v.string(), sequence: v.number() });
const usageRow = v.object({
  peerId: v.string(),
  exchanges: v.number(),
  bytes: v.number(),
  lastSequence: v.number(),
  oldestAt: v.nullable(v.number()),
  retention: v.string(),
});

/** Opens the part of an agent's store that holds its history and its audit trail. */
export function openHistory(database: () => DatabaseSync, keyFile: HistoryKeyFile): HistoryStore & AuditStore {
  /** Read one by one, as they are asked for. */
  function* exchanges(rest: string, ...values: readonly SQLInputValue[]): Generator<StoredExchange, void, undefined> {
    const rows = database()
      .prepare(`${selectExchanges} ${rest}`)
      .iterate(...values);
    for (const { open, ...row } of rows) yield v.parse(exchangeV1, { ...row, isOpen: open === 1 });
  }
  const one = (where: string, ...values: readonly SQLInputValue[]): StoredExchange | undefined =>
    [...exchanges(`WHERE ${where} LIMIT 1`, ...values)][0];
  function* at(places: readonly PostingPlace[]): Generator<StoredExchange, void, undefined> {
    for (const { peerId, sequence } of places) yield* exchanges('WHERE peer_id = ? AND sequence = ?', peerId, sequence);
  }
  const entries = (rest: string, ...values: readonly number[]) => readEntries(database(), rest, ...values);

  const index = new TokenIndex(database);

  return {
    loadHistoryKeys: () => guarded(() => keyFile.read()),
    saveHistoryKeys: (keys) => guarded(() => keyFile.write(keys)),
    commit: ({ exchanges: added, audit, requests = [], groups = [] }) =>
      guarded(async () => {
        const last = lastOfEach(added);
        const entries = await Promise.all(audit.map(packEntry));
        const sealed = await Promise.all(
          groups.map((change) => sealGroupChange(database(), change, () => keyFile.recordKey())),
        );
        const { committed, isGone } = inTransaction(database(), () => {
          for (const { record } of last) putExchange(database(), record);
          addEntries(database(), entries);
          for (const change of requests) putRequests(database(), change);
          const gone = sealed.map((change) => putGroups(database(), change));
          const committed = last.length === 0 ? () => undefined : index.change({ put: last.map(placedTokens) });
          return { committed, isGone: gone.includes(true) };
        });
        committed();
        // What opens earlier messages must not outlive its step, in the log neither.
        if (isGone) emptyLog(database());
      }),
    exchangesBefore: (peerId, before = Number.MAX_SAFE_INTEGER, count, bytes) =>
      guarded(async () =>
        bounded(exchanges('WHERE peer_id = ? AND sequence < ? ORDER BY sequence DESC', peerId, before), count, bytes),
      ),
    exchangesAfter: (peerId, after, count, bytes) =>
      guarded(async () =>
        bounded(exchanges('WHERE peer_id = ? AND sequence > ? ORDER BY sequence', peerId, after), count, bytes),
      ),
    sizesAfter: (peerId, after, count) =>
      guarded(async () =>
        database()
          .prepare(
            `SELECT sequence, at, length(ciphertext) AS bytes FROM exchanges
              WHERE peer_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
          )
          .all(peerId, after, count)
          .map((row) => v.parse(sizeRow, row)),
      ),
    exchangeAt: (peerId, sequence) => guarded(async () => one('peer_id = ? AND sequence = ?', peerId, sequence)),
    exchangeByTag: (tag) => guarded(async () => one('tag = ? ORDER BY sequence DESC', tag)),
    openExchanges: () =>
      guarded(async () =>
        database()
          .prepare('SELECT peer_id AS peerId, sequence FROM exchanges WHERE open = 1 ORDER BY at, sequence')
          .all()
          .map((row) => v.parse(placeRow, row)),
      ),
    exchangesWith: (tokens, options) =>
      guarded(async () => {
        const { total, places } = index.search(tokens, options);
        return { total, exchanges: bounded(at(places), options.count, options.bytes) };
      }),
    usages: () =>
      guarded(async () =>
        database()
          .prepare(
            `SELECT id AS peerId, exchanges, bytes, last_sequence AS lastSequence, retention,
              (SELECT at FROM exchanges WHERE peer_id = peers.id ORDER BY sequence LIMIT 1) AS oldestAt FROM peers`,
          )
          .all()
          .map(readUsage),
      ),
    saveRetention: (peerId, retention) =>
      guarded(async () => {
        database()
          .prepare('INSERT INTO peers VALUES (?, 0, 0, 0, ?) ON CONFLICT DO UPDATE SET retention = excluded.retention')
          .run(peerId, recordToJson(toRetentionV1(retention)));
      }),
    deleteExchanges: (peerId, which, audit) =>
      guarded(async () => {
        const entries = await Promise.all(audit.map(packEntry));
        const { deleted, committed } = inTransaction(database(), () => {
          addEntries(database(), entries);
          const deleted = deleteExchanges(database(), peerId, which);
          return { deleted, committed: index.change({ put: [], isDeleted: placesDeletedBy(peerId, which) }) };
        });
        committed();
        emptyLog(database());
        return deleted;
      }),
    lastAuditEntry: () => guarded(async () => entries('ORDER BY number DESC LIMIT 1')[0]),
    auditEntries: (from, count) =>
      guarded(async () => entries('WHERE number >= ? ORDER BY number LIMIT ?', from, count)),
    deleteAuditEntries: ({ before, keep, checkpoint }) =>
      guarded(async () => {
        const packed = await packEntry(checkpoint);
        inTransaction(database(), () => {
          database()
            .prepare('DELETE FROM audit WHERE number < ? AND number NOT IN (SELECT value FROM json_each(?))')
            .run(before, JSON.stringify(keep));
          addEntries(database(), [packed]);
          dropCertificates(database(), before);
        });
        emptyLog(database());
      }),
  };
}

function deleteExchanges(
  database: DatabaseSync,
  peerId: string,
  which: Parameters<HistoryStore['deleteExchanges']>[1],
): number {
  if ('upTo' in which) {
    const sql = 'DELETE FROM exchanges WHERE peer_id = ? AND sequence <= ?';
    return Number(database.prepare(sql).run(peerId, which.upTo).changes);
  }
  const drop = database.prepare('DELETE FROM exchanges WHERE peer_id = ? AND sequence = ?');
  return which.sequences.reduce((sum, sequence) => sum + Number(drop.run(peerId, sequence).changes), 0);
}

function putExchange(database: DatabaseSync, record: StoredExchange): void {
  const { peerId, sequence, sessionId, direction, at, isOpen, tag, iv, ciphertext } = record;
  database
    .prepare(
      `INSERT INTO exchanges (peer_id, sequence, session_id, direction, at, open, tag, iv, ciphertext)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET session_id = excluded.session_id,
      direction = excluded.direction, at = excluded.at, open = excluded.open, tag = excluded.tag, iv = excluded.iv,
      ciphertext = excluded.ciphertext`,
    )
    .run(peerId, sequence, sessionId, direction, at, isOpen ? 1 : 0, tag, iv, ciphertext);
}

function readUsage(row: Record<string, unknown>): StoredUsage {
  const { oldestAt, retention, ...usage } = v.parse(usageRow, row);
  return {
    ...usage,
    ...(oldestAt === null ? {} : { oldestAt }),
    retention: parsedRecord(retentionV1, retention),
  };
}
