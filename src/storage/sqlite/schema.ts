import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { listedUntil, revokedSerials } from '../../controller/revoked-serials.ts';
import type { AgentRecord } from '../../controller/store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { openPrivateDatabase } from '../file/private-database.ts';
import { agentFromJson } from '../json/controller-records.ts';

/** The version of the tables that this Parley writes. */
export const version = 2;

const first = `
  CREATE TABLE agents (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE registrations (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE lists (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** A registration lives for a minute: none is taken along. */
const second = `
  ALTER TABLE agents ADD COLUMN signing_key BLOB NOT NULL DEFAULT x'';
  ALTER TABLE agents ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX agents_of_key ON agents (signing_key, deleted);
  CREATE INDEX deleted_agents ON agents (id) WHERE deleted = 1;
  CREATE TABLE revoked_serials (
    agent_id TEXT NOT NULL, serial TEXT NOT NULL, revoked_at INTEGER NOT NULL, reason TEXT NOT NULL,
    listed_until INTEGER NOT NULL, PRIMARY KEY (agent_id, serial)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX revoked_by_time ON revoked_serials (listed_until);
  CREATE TABLE certificates (hash TEXT PRIMARY KEY, der BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE signatures (hash TEXT PRIMARY KEY, kept_until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX signatures_by_time ON signatures (kept_until);
  DROP TABLE registrations;
  CREATE TABLE registrations (
    key_id TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, expires_at INTEGER NOT NULL, record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX registrations_by_time ON registrations (expires_at);
`;

/** Opens the Controller's database, and brings one of an earlier version up to date. Throws `storage_failed`. */
export function openDatabase(path: string): DatabaseSync {
  const database = openPrivateDatabase(path, { timeout: 5_000 });
  try {
    // Durable against a power cut, not only against a killed process.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    inTransaction(database, () => bringUpToDate(database, path));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Runs `work` in a transaction that is undone when it throws. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** Writes an agent's record and what is looked up by its parts, within a transaction of the caller. */
export function agentWriter(database: DatabaseSync): (record: AgentRecord, json: string) => void {
  const put = database.prepare('INSERT OR REPLACE INTO agents (id, record, signing_key, deleted) VALUES (?, ?, ?, ?)');
  const forget = database.prepare('DELETE FROM revoked_serials WHERE agent_id = ?');
  const revoke = database.prepare(
    'INSERT INTO revoked_serials (agent_id, serial, revoked_at, reason, listed_until) VALUES (?, ?, ?, ?, ?)',
  );
  return (record, json) => {
    const { agentId, signingSpki, deletedAt, issued } = record;
    put.run(agentId, json, signingSpki, deletedAt === undefined ? 0 : 1);
    forget.run(agentId);
    const until = new Map(issued.map((certificate) => [certificate.serial, listedUntil(certificate)]));
    for (const { serial, revokedAt, reason } of revokedSerials(record, 0)) {
      revoke.run(agentId, serial, revokedAt, reason, until.get(serial) ?? 0);
    }
  };
}

function bringUpToDate(database: DatabaseSync, path: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found > version) {
    throw new ParleyError('storage_failed', `${path} was written by a newer version of Parley. Run that version.`);
  }
  if (found < 1) database.exec(first);
  if (found < 2) {
    database.exec(second);
    fillFromRecords(database);
  }
  if (found < version) database.exec(`PRAGMA user_version = ${version};`);
}

/** Migrates from version 1, which stored each agent's record and nothing beside it. */
function fillFromRecords(database: DatabaseSync): void {
  const write = agentWriter(database);
  const keep = database.prepare('INSERT OR IGNORE INTO certificates (hash, der) VALUES (?, ?)');
  for (const { record: json } of database.prepare('SELECT record FROM agents').all()) {
    if (typeof json !== 'string') continue;
    const record = agentFromJson(json);
    write(record, json);
    for (const der of [record.certificates.signing, record.certificates.encryption]) {
      keep.run(createHash('sha256').update(der).digest('base64url'), der);
    }
  }
}
