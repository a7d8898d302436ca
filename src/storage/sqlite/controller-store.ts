import * as v from 'valibot';
import { storedAfterListed } from '../../controller/revoked-serials.ts';
import type { AuthorityStore, ControllerStore, LastSeenStore, TokenStore } from '../../controller/store.ts';
import type { DeliveryStore } from '../../delivery/store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isBytes } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import {
  agentFromJson,
  agentToJson,
  listFromJson,
  listToJson,
  registrationFromJson,
  registrationToJson,
} from '../json/controller-records.ts';
import { revocationReasonV1 } from '../records/controller.ts';
import { openDeliveryStore } from './delivery-store.ts';
import { openOperatorRecords } from './operator-records.ts';
import { agentWriter, inTransaction, openDatabase } from './schema.ts';

const revokedRow = v.object({ serial: v.string(), revokedAt: v.number(), reason: revocationReasonV1 });

/** A Controller's store that can be closed. */
export interface SqliteControllerStore extends ControllerStore, TokenStore, LastSeenStore {
  /** The delivery service's store, in the same file. */
  readonly delivery: DeliveryStore;
  close(): void;
}

/**
 * Opens a Controller's store in one SQLite file; the CA stays in `authority`. What a call has kept is on the disk
 * when the call resolves, also after a power cut. Several processes may share the file. Throws `storage_failed`.
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
        throw damaged();
      });
  };
  const recordById = text('SELECT record FROM agents WHERE id = ?');
  const agentById = text('SELECT record FROM agents WHERE id = ? AND deleted = 0');
  const agentsAfter = text('SELECT record FROM agents WHERE id > ? AND deleted = 0 ORDER BY id LIMIT ?');
  const countAll = database.prepare('SELECT count(*) AS value FROM agents WHERE deleted = 0');
  const countOfKey = database.prepare('SELECT count(*) AS value FROM agents WHERE signing_key = ? AND deleted = 0');
  const putAgent = agentWriter(database);
  const revoked = database.prepare(
    `SELECT serial, revoked_at AS revokedAt, reason FROM revoked_serials
     WHERE listed_until >= ? ORDER BY agent_id, serial`,
  );
  const keepCertificate = database.prepare('INSERT OR IGNORE INTO certificates (hash, der) VALUES (?, ?)');
  const certificateByHash = database.prepare('SELECT der FROM certificates WHERE hash = ?');
  const putPending = database.prepare(
    'INSERT OR REPLACE INTO registrations (key_id, id, expires_at, record) VALUES (?, ?, ?, ?)',
  );
  const takePending = text('DELETE FROM registrations WHERE id = ? RETURNING record');
  const signatureByHash = database.prepare('SELECT 1 FROM signatures WHERE hash = ?');
  const addSignature = database.prepare('INSERT OR IGNORE INTO signatures (hash, kept_until) VALUES (?, ?)');
  const drops = [
    'DELETE FROM registrations WHERE expires_at < ?',
    'DELETE FROM signatures WHERE kept_until < ?',
    `DELETE FROM revoked_serials WHERE listed_until < ? - ${storedAfterListed}`,
  ].map((sql) => database.prepare(sql));
  const dropDeleted = database.prepare(
    `DELETE FROM agents WHERE deleted = 1
     AND NOT EXISTS (SELECT 1 FROM revoked_serials WHERE revoked_serials.agent_id = agents.id)`,
  );
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

  const { forgetSeen, ...operatorRecords } = openOperatorRecords(database);

  return {
    ...operatorRecords,
    delivery: openDeliveryStore(database),
    keepsKeyAsFile: authority.keepsKeyAsFile,
    loadAuthority: () => authority.loadAuthority(),
    keepAuthority: (candidate) => authority.keepAuthority(candidate),
    agent: (id) => guarded(async () => first(agentById(id), agentFromJson)),
    agents: (after, limit) => guarded(async () => agentsAfter(after, limit).map(agentFromJson)),
    countAgents: (key) =>
      guarded(async () => Number((key === undefined ? countAll.get() : countOfKey.get(key))?.value)),
    updateAgent: (id, change) =>
      guarded(async () =>
        inTransaction(database, () => {
          const current = first(recordById(id), agentFromJson);
          const changed = change(current);
          if (changed !== current) putAgent(changed, agentToJson(changed));
          if (changed.deletedAt !== undefined) forgetSeen(id);
        }),
      ),
    revokedSerials: (now) => guarded(async () => revoked.all(now).map((row) => v.parse(revokedRow, row))),
    keepCertificates: (certificates) =>
      guarded(async () =>
        inTransaction(database, () => {
          for (const { hash, der } of certificates) keepCertificate.run(hash, der);
        }),
      ),
    certificate: (hash) =>
      guarded(async () => {
        const row = certificateByHash.get(hash);
        return row === undefined ? undefined : bytesOf(row.der);
      }),
    putRegistration: (registration) =>
      guarded(async () => {
        putPending.run(registration.keyId, registration.id, registration.expiresAt, registrationToJson(registration));
      }),
    takeRegistration: (id) => guarded(async () => first(takePending(id), registrationFromJson)),
    hasSignature: (hash) => guarded(async () => signatureByHash.get(hash) !== undefined),
    addSignature: (hash, until) => guarded(async () => Number(addSignature.run(hash, until).changes) === 1),
    dropExpired: (now) =>
      guarded(async () =>
        inTransaction(database, () => {
          for (const drop of drops) drop.run(now);
          dropDeleted.run();
        }),
      ),
    nextListNumber: () => guarded(async () => Number(nextNumber.get()?.value)),
    loadList: () => guarded(async () => first(newestList(), listFromJson)),
    keepList: (list) =>
      guarded(async () => {
        putList.run(list.number, listToJson(list));
      }),
    close: () => database.close(),
  };
}

function bytesOf(value: unknown): Bytes {
  if (isBytes(value)) return new Uint8Array(value);
  throw damaged();
}

function damaged(): ParleyError {
  return new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.');
}
