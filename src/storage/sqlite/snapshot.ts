import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StoredList } from '../../controller/store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { openPrivateDatabase } from '../file/private-database.ts';
import { guarded } from '../guarded.ts';
import { listFromJson } from '../json/controller-records.ts';
import { version } from './schema.ts';

/** Milliseconds to wait for a server that writes. */
const timeout = 10_000;

/** What a copy of a Controller's database holds. */
export interface DatabaseFacts {
  /** Names that are registered and not deleted. */
  readonly agents: number;
  /** SHA-256 of the CA's certificate, as it was pinned; undefined before one was. */
  readonly caFingerprint: string | undefined;
  /** The newest revocation list; undefined before one was signed. */
  readonly list: StoredList | undefined;
}

/**
 * Writes a consistent copy of the database at `path`, with what is in its log, to the new file `copy` (mode 0600), also while a
 * server uses it. Rejects with what SQLite or the system says.
 */
export async function copyDatabase(path: string, copy: string): Promise<void> {
  closeSync(openSync(copy, 'wx', 0o600));
  const database = openPrivateDatabase(path, { timeout });
  try {
    database.prepare('VACUUM INTO ?').run(copy);
  } finally {
    database.close();
  }
}

/**
 * Checks a copy of a Controller's database with SQLite's integrity check, and reads what it holds; changes nothing. Rejects with
 * `storage_failed` when it is damaged or was written by a newer version.
 */
export function inspectDatabase(path: string): Promise<DatabaseFacts> {
  return guarded(async () => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const found = database.prepare('PRAGMA integrity_check').all();
      if (found.length !== 1 || found[0]?.integrity_check !== 'ok') throw damaged();
      const { user_version: written } = database.prepare('PRAGMA user_version').get() ?? {};
      if (Number(written) > version) {
        throw new ParleyError('storage_failed', 'The database was written by a newer version of Parley. Use that one.');
      }
      return factsOf(database, Number(written));
    } finally {
      database.close();
    }
  });
}

function factsOf(database: DatabaseSync, written: number): DatabaseFacts {
  const hasTable = (name: string) =>
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
  if (!hasTable('agents')) throw damaged();
  const where = written >= 2 ? ' WHERE deleted = 0' : '';
  const pinned = hasTable('authority') ? database.prepare('SELECT fingerprint FROM authority').get() : undefined;
  const list = database.prepare('SELECT record FROM lists').get()?.record;
  return {
    agents: Number(database.prepare(`SELECT count(*) AS value FROM agents${where}`).get()?.value),
    caFingerprint: typeof pinned?.fingerprint === 'string' ? pinned.fingerprint : undefined,
    list: typeof list === 'string' ? listFromJson(list) : undefined,
  };
}

/**
 * Makes the next revocation list one of a number above `least` and above every number of the database, and forgets the newest list.
 * An agent refuses a list of a lower number than it has seen, and a restored database has counted fewer.
 */
export function renumberLists(path: string, least: number): Promise<void> {
  return guarded(async () => {
    const database = openPrivateDatabase(path, { timeout });
    try {
      database.exec('BEGIN IMMEDIATE; DELETE FROM lists;');
      database
        .prepare(
          "INSERT INTO counters (name, value) VALUES ('list', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
        )
        .run(least);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  });
}

/**
 * Drops from a restored database what may have been used since: one-time KeyPackages, of which each is given once, and tokens, which may
 * have been given back. Agents leave new ones, and get new ones.
 */
export function forgetUsed(path: string): Promise<void> {
  return guarded(async () => {
    const database = openPrivateDatabase(path, { timeout });
    try {
      const hasDelivery = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'delivery_key_packages'").get();
      if (hasDelivery === undefined) return;
      database.exec(`
        BEGIN IMMEDIATE;
        DELETE FROM delivery_key_packages;
        UPDATE delivery_agents SET record = json_set(record, '$.tokens', json('[]'));
        COMMIT;`);
    } finally {
      database.close();
    }
  });
}

function damaged(): ParleyError {
  return new ParleyError('storage_failed', 'The database is damaged, or is not one of a Parley server.');
}
