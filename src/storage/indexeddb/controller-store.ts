import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import { storedCertificate } from '../../controller/certificate-hash.ts';
import { isForgotten, revokedSerials } from '../../controller/revoked-serials.ts';
import type { AgentRecord, ControllerStore, StoredAuthority, StoredCertificate } from '../../controller/store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { isKey } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import {
  agentRecordV1,
  issuedDerV1,
  pendingRegistrationV1,
  revocationListV1,
  toAgentRecordV1,
  toIssuedDerV1,
  toPendingRegistrationV1,
  toRevocationListV1,
} from '../records/controller.ts';
import { storedBytes } from '../stored-history.ts';

const version = 2;
/** The Controller's database: one for all tabs. */
const controllerDatabaseName = 'parley-controller';

interface ControllerSchema extends DBSchema {
  /** One record under the key `self`. */
  authority: { key: 'self'; value: unknown };
  agents: { key: string; value: unknown; indexes: { signingSpki: Bytes; deletedAt: number } };
  /** By keyId. */
  pending: { key: string; value: unknown; indexes: { id: string; expiresAt: number } };
  signatures: { key: string; value: { hash: string; until: number }; indexes: { until: number } };
  certificates: { key: string; value: unknown };
  /** `newest`: the CRL. */
  lists: { key: 'newest'; value: unknown };
  /** `number`: the last CRL number given out. */
  counters: { key: 'number'; value: number };
  /** Of version 1. */
  registrations: { key: string; value: unknown };
}

/** Version 1 of the CA. */
const authorityV1 = v.object({
  signingKey: v.pipe(
    v.custom<CryptoKey>(isKey),
    v.check(({ extractable }) => !extractable, 'the CA key is extractable'),
  ),
  certificate: storedBytes,
});
const agentRecord = agentRecordV1(storedBytes);
const pendingRegistration = pendingRegistrationV1(storedBytes);
const revocationList = revocationListV1(storedBytes);
const issuedDer = issuedDerV1(storedBytes);

/** The Controller's store in IndexedDB, shared by every tab of the origin. */
export async function openControllerStore(name = controllerDatabaseName): Promise<ControllerStore> {
  let database: IDBPDatabase<ControllerSchema> | undefined;
  const open = async () => {
    database ??= await openDB<ControllerSchema>(name, version, {
      upgrade(db, from, _to, transaction) {
        if (from < 1) {
          db.createObjectStore('authority');
          db.createObjectStore('agents', { keyPath: 'agentId' });
          db.createObjectStore('lists');
          db.createObjectStore('counters');
        } else {
          // A registration lives for a minute: none is taken along.
          db.deleteObjectStore('registrations');
        }
        const agents = transaction.objectStore('agents');
        agents.createIndex('signingSpki', 'signingSpki');
        agents.createIndex('deletedAt', 'deletedAt');
        const pending = db.createObjectStore('pending', { keyPath: 'keyId' });
        pending.createIndex('id', 'id', { unique: true });
        pending.createIndex('expiresAt', 'expiresAt');
        db.createObjectStore('signatures', { keyPath: 'hash' }).createIndex('until', 'until');
        db.createObjectStore('certificates', { keyPath: 'hash' });
      },
      // A newer version or a deletion elsewhere must not wait for this connection.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
        database = undefined;
      },
      // Site data was deleted: what is asked for next is looked for anew.
      terminated: () => {
        database = undefined;
      },
    });
    return database;
  };
  await guarded(async () => keepEarlierCertificates(await open()));

  return {
    keepsKeyAsFile: false,
    loadAuthority: () =>
      guarded(async () => {
        const found = await (await open()).get('authority', 'self');
        return found === undefined ? undefined : v.parse(authorityV1, found);
      }),
    keepAuthority: (candidate) =>
      guarded(async () => {
        const transaction = (await open()).transaction('authority', 'readwrite');
        const found = await transaction.store.get('self');
        if (found === undefined) await transaction.store.put(toAuthorityV1(candidate), 'self');
        await transaction.done;
        return v.parse(authorityV1, found ?? candidate);
      }),
    agent: (id) =>
      guarded(async () => {
        const found: unknown = await (await open()).get('agents', id);
        const record = found === undefined ? undefined : v.parse(agentRecord, found);
        return record?.deletedAt === undefined ? record : undefined;
      }),
    agents: (after, limit) =>
      guarded(async () => {
        const page: AgentRecord[] = [];
        const { store } = (await open()).transaction('agents');
        for await (const { value } of store.iterate(IDBKeyRange.lowerBound(after, true))) {
          if (page.length >= limit) break;
          const record = v.parse(agentRecord, value);
          if (record.deletedAt === undefined) page.push(record);
        }
        return page;
      }),
    countAgents: (signingSpki) =>
      guarded(async () => {
        const { store } = (await open()).transaction('agents');
        if (signingSpki === undefined) return (await store.count()) - (await store.index('deletedAt').count());
        const ofKey = await store.index('signingSpki').getAll(signingSpki);
        return ofKey.filter((found) => v.parse(agentRecord, found).deletedAt === undefined).length;
      }),
    updateAgent: (id, change) =>
      guarded(async () => {
        const transaction = (await open()).transaction('agents', 'readwrite');
        const found: unknown = await transaction.store.get(id);
        const current = found === undefined ? undefined : v.parse(agentRecord, found);
        let changed: AgentRecord;
        try {
          changed = change(current);
        } catch (error) {
          transaction.abort();
          await transaction.done.catch(() => undefined);
          throw error;
        }
        if (changed !== current) await transaction.store.put(toAgentRecordV1(changed));
        await transaction.done;
      }),
    revokedSerials: (now) =>
      guarded(async () => {
        const records = v.parse(v.array(agentRecord), await (await open()).getAll('agents'));
        return records.flatMap((record) => revokedSerials(record, now));
      }),
    keepCertificates: (certificates) => guarded(async () => putCertificates(await open(), certificates)),
    certificate: (hash) =>
      guarded(async () => {
        const found: unknown = await (await open()).get('certificates', hash);
        return found === undefined ? undefined : v.parse(issuedDer, found).der;
      }),
    putRegistration: (registration) =>
      guarded(async () => {
        await (await open()).put('pending', toPendingRegistrationV1(registration));
      }),
    takeRegistration: (id) =>
      guarded(async () => {
        const transaction = (await open()).transaction('pending', 'readwrite');
        const found: unknown = await transaction.store.index('id').get(id);
        const registration = found === undefined ? undefined : v.parse(pendingRegistration, found);
        if (registration !== undefined) await transaction.store.delete(registration.keyId);
        await transaction.done;
        return registration;
      }),
    hasSignature: (hash) => guarded(async () => (await (await open()).count('signatures', hash)) > 0),
    addSignature: (hash, until) =>
      guarded(async () => {
        const transaction = (await open()).transaction('signatures', 'readwrite');
        const isNew = (await transaction.store.count(hash)) === 0;
        if (isNew) await transaction.store.put({ hash, until });
        await transaction.done;
        return isNew;
      }),
    dropExpired: (now) =>
      guarded(async () => {
        const transaction = (await open()).transaction(['pending', 'signatures', 'agents'], 'readwrite');
        const before = IDBKeyRange.upperBound(now, true);
        const pending = transaction.objectStore('pending').index('expiresAt');
        for await (const cursor of pending.iterate(before)) await cursor.delete();
        const signatures = transaction.objectStore('signatures').index('until');
        for await (const cursor of signatures.iterate(before)) await cursor.delete();
        for await (const cursor of transaction.objectStore('agents').index('deletedAt').iterate()) {
          const { issued } = v.parse(agentRecord, cursor.value);
          if (issued.every((certificate) => isForgotten(certificate, now))) await cursor.delete();
        }
        await transaction.done;
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
        return found === undefined ? undefined : v.parse(revocationList, found);
      }),
    keepList: (list) =>
      guarded(async () => {
        const transaction = (await open()).transaction('lists', 'readwrite');
        const found: unknown = await transaction.store.get('newest');
        if (found === undefined || v.parse(revocationList, found).number < list.number) {
          await transaction.store.put(toRevocationListV1(list), 'newest');
        }
        await transaction.done;
      }),
  };
}

function toAuthorityV1({ signingKey, certificate, ...undecided }: StoredAuthority): v.InferOutput<typeof authorityV1> {
  undecided satisfies NoMembers;
  return { signingKey, certificate };
}

/** Version 1 kept the newest certificates of each agent with its record alone. */
async function keepEarlierCertificates(database: IDBPDatabase<ControllerSchema>): Promise<void> {
  if ((await database.count('certificates')) > 0) return;
  const records = v.parse(v.array(agentRecord), await database.getAll('agents'));
  const ders = records.flatMap(({ certificates }) => [certificates.signing, certificates.encryption]);
  await putCertificates(database, await Promise.all(ders.map(storedCertificate)));
}

async function putCertificates(
  database: IDBPDatabase<ControllerSchema>,
  certificates: readonly StoredCertificate[],
): Promise<void> {
  const transaction = database.transaction('certificates', 'readwrite');
  for (const certificate of certificates) await transaction.store.put(toIssuedDerV1(certificate));
  await transaction.done;
}
