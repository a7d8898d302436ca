import { DatabaseSync } from 'node:sqlite';
import type { AuthorityStore, ControllerStore } from '../../controller/store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { guarded } from '../guarded.ts';
import { agentFromJson, listFromJson, registrationFromJson, toJson } from '../json/controller-records.ts';

const schemaVersion = 1;
const schema = `
  CREATE TABLE agents (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE registrations (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE lists (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** A Controller's store that can be closed. */
export interface SqliteControllerStore extends ControllerStore {
  close(): void;
}

/**
 * A Controller's store in one SQLite file; the CA stays in `authority`. What a call has kept is on the disk when the call
 * resolves, also after a power cut. Several processes may share the file. Throws `storage_failed`.
 */
export async function openSqliteControllerStore(
  path: string,
  authority: AuthorityStore,
): Promise<SqliteControllerStore> {
  const database = await guarded(async () => openDatabase(path));
  const text = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: readonly (string | number)[]): string[] =>
      statement.all(...values).map(({ record }) => {
        if (typeof record === 'string') return record;
        throw new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.');
      });
  };
  const agentById = text('SELECT record FROM agents WHERE id = ?');
  const allAgents = text('SELECT record FROM agents ORDER BY id');
  const putAgent = database.prepare('INSERT OR REPLACE INTO agents (id, record) VALUES (?, ?)');
  const addPending = database.prepare('INSERT INTO registrations (id, expires_at, record) VALUES (?, ?, ?)');
  const takePending = text('DELETE FROM registrations WHERE id = ? RETURNING record');
  const dropPending = database.prepare('DELETE FROM registrations WHERE expires_at < ?');
  const countPending = database.prepare('SELECT count(*) AS value FROM registrations');
  const nextNumber = database.prepare(
    "INSERT INTO counters (name, value) VALUES ('list', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
  );
  const newestList = text('SELECT record FROM lists');
  const putList = database.prepare(
    `INSERT INTO lists (one, number, record) VALUES (1, ?, ?) ON CONFLICT DO UPDATE
     SET number = excluded.number, record = excluded.record WHERE excluded.number > lists.number`,
  );
  const first = <T>(records: readonly string[], read: (json: string) => T) =>
    records[0] === undefined ? undefined : read(records[0]);

  return {
    keepsKeyAsFile: authority.keepsKeyAsFile,
    loadAuthority: () => authority.loadAuthority(),
    keepAuthority: (candidate) => authority.keepAuthority(candidate),
    agent: (id) => guarded(async () => first(agentById(id), agentFromJson)),
    agents: () => guarded(async () => allAgents().map(agentFromJson)),
    updateAgent: (id, change) =>
      guarded(async () => {
        database.exec('BEGIN IMMEDIATE');
        try {
          putAgent.run(id, toJson(change(first(agentById(id), agentFromJson))));
          database.exec('COMMIT');
        } catch (error) {
          database.exec('ROLLBACK');
          throw error;
        }
      }),
    addRegistration: (registration) =>
      guarded(async () => {
        addPending.run(registration.id, registration.expiresAt, toJson(registration));
      }),
    takeRegistration: (id) => guarded(async () => first(takePending(id), registrationFromJson)),
    dropRegistrations: (now) =>
      guarded(async () => {
        dropPending.run(now);
        return Number(countPending.get()?.value);
      }),
    nextListNumber: () => guarded(async () => Number(nextNumber.get()?.value)),
    loadList: () => guarded(async () => first(newestList(), listFromJson)),
    keepList: (list) =>
      guarded(async () => {
        putList.run(list.number, toJson(list));
      }),
    close: () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  // Durable against a power cut, not only against a killed process.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec('BEGIN IMMEDIATE');
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found === 0) database.exec(`${schema} PRAGMA user_version = ${schemaVersion};`);
  database.exec('COMMIT');
  if (found > schemaVersion) {
    database.close();
    throw new ParleyError('storage_failed', `${path} was written by a newer version of Parley. Run that version.`);
  }
  return database;
}
