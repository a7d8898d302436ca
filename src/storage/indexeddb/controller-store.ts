import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import type { AgentRecord, ControllerStore, PendingRegistration, StoredList } from '../../controller/store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { guarded } from '../guarded.ts';

const version = 1;
/** The Controller's database: one for all tabs. */
const controllerDatabaseName = 'parley-controller';

interface ControllerSchema extends DBSchema {
  /** One record under the key `self`. */
  authority: { key: 'self'; value: unknown };
  agents: { key: string; value: AgentRecord };
  registrations: { key: string; value: PendingRegistration; indexes: { expiresAt: number } };
  /** `newest`: the CRL. */
  lists: { key: 'newest'; value: StoredList };
  /** `number`: the last CRL number given out. */
  counters: { key: 'number'; value: number };
}

const bytes = v.pipe(
  v.instance(Uint8Array),
  v.transform((view): Bytes => new Uint8Array(view)),
);
const agentId = v.pipe(v.string(), v.guard(isAgentId));
const storedAuthority = v.object({
  signingKey: v.pipe(
    v.instance(CryptoKey),
    v.check(({ extractable }) => !extractable, 'the CA key is extractable'),
  ),
  certificate: bytes,
});
const agentRecord = v.object({
  agentId,
  address: v.string(),
  signingSpki: bytes,
  certificates: v.object({ signing: bytes, encryption: bytes }),
  issued: v.array(v.object({ serial: v.string(), notAfter: v.number() })),
  revoked: v.exactOptional(
    v.object({
      at: v.number(),
      reason: v.picklist([
        'keyCompromise',
        'affiliationChanged',
        'superseded',
        'cessationOfOperation',
        'privilegeWithdrawn',
      ]),
    }),
  ),
});
const pendingRegistration = v.object({
  id: v.string(),
  agentId,
  address: v.string(),
  signingSpki: bytes,
  encryptionSpki: bytes,
  responseHash: bytes,
  expiresAt: v.number(),
});
const storedList = v.object({ number: v.number(), der: bytes, thisUpdate: v.number(), nextUpdate: v.number() });

/** The Controller's store in IndexedDB, shared by every tab of the origin. */
export async function openControllerStore(name = controllerDatabaseName): Promise<ControllerStore> {
  let database: IDBPDatabase<ControllerSchema> | undefined;
  const open = async () => {
    database ??= await openDB<ControllerSchema>(name, version, {
      upgrade(db) {
        db.createObjectStore('authority');
        db.createObjectStore('agents', { keyPath: 'agentId' });
        db.createObjectStore('registrations', { keyPath: 'id' }).createIndex('expiresAt', 'expiresAt');
        db.createObjectStore('lists');
        db.createObjectStore('counters');
      },
      // A newer version or a deletion elsewhere must not wait for this connection.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
        database = undefined;
      },
    });
    return database;
  };
  await guarded(open);

  return {
    keepsKeyAsFile: false,
    loadAuthority: () =>
      guarded(async () => {
        const found = await (await open()).get('authority', 'self');
        return found === undefined ? undefined : v.parse(storedAuthority, found);
      }),
    keepAuthority: (candidate) =>
      guarded(async () => {
        const transaction = (await open()).transaction('authority', 'readwrite');
        const found = await transaction.store.get('self');
        if (found === undefined) await transaction.store.put(candidate, 'self');
        await transaction.done;
        return v.parse(storedAuthority, found ?? candidate);
      }),
    agent: (id) =>
      guarded(async () => {
        const found: unknown = await (await open()).get('agents', id);
        return found === undefined ? undefined : v.parse(agentRecord, found);
      }),
    agents: () => guarded(async () => v.parse(v.array(agentRecord), await (await open()).getAll('agents'))),
    updateAgent: (id, change) =>
      guarded(async () => {
        const transaction = (await open()).transaction('agents', 'readwrite');
        const found: unknown = await transaction.store.get(id);
        let changed: AgentRecord;
        try {
          changed = change(found === undefined ? undefined : v.parse(agentRecord, found));
        } catch (error) {
          transaction.abort();
          await transaction.done.catch(() => undefined);
          throw error;
        }
        await transaction.store.put(changed);
        await transaction.done;
      }),
    addRegistration: (registration) =>
      guarded(async () => {
        await (await open()).add('registrations', registration);
      }),
    takeRegistration: (id) =>
      guarded(async () => {
        const transaction = (await open()).transaction('registrations', 'readwrite');
        const found: unknown = await transaction.store.get(id);
        await transaction.store.delete(id);
        await transaction.done;
        return found === undefined ? undefined : v.parse(pendingRegistration, found);
      }),
    dropRegistrations: (now) =>
      guarded(async () => {
        const transaction = (await open()).transaction('registrations', 'readwrite');
        const ended = transaction.store.index('expiresAt').iterate(IDBKeyRange.upperBound(now, true));
        for await (const cursor of ended) await cursor.delete();
        const left = await transaction.store.count();
        await transaction.done;
        return left;
      }),
    nextListNumber: () =>
      guarded(async () => {
        const transaction = (await open()).transaction('counters', 'readwrite');
        const next = ((await transaction.store.get('number')) ?? 0) + 1;
        await transaction.store.put(next, 'number');
        await transaction.done;
        return next;
      }),
    loadList: () =>
      guarded(async () => {
        const found: unknown = await (await open()).get('lists', 'newest');
        return found === undefined ? undefined : v.parse(storedList, found);
      }),
    keepList: (list) =>
      guarded(async () => {
        const transaction = (await open()).transaction('lists', 'readwrite');
        const found = await transaction.store.get('newest');
        if (found === undefined || found.number < list.number) await transaction.store.put(list, 'newest');
        await transaction.done;
      }),
  };
}
