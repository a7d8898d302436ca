import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import type { AgentStore, SeenNonce, StoredIdentity } from '../../agent/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { guarded } from './guarded.ts';

const version = 1;

interface AgentSchema extends DBSchema {
  /** One record under the key `self`. */
  identity: { key: 'self'; value: unknown };
  nonces: { key: string; value: unknown; indexes: { seenAt: number } };
}

const bytes = v.pipe(
  v.instance(Uint8Array),
  v.transform((view): Bytes => new Uint8Array(view)),
);
const lockedPair = v.pipe(
  v.object({ publicKey: v.instance(CryptoKey), privateKey: v.instance(CryptoKey) }),
  v.check(({ privateKey }) => !privateKey.extractable, 'a private key is extractable'),
);
const storedIdentity = v.object({
  agentId: v.string(),
  address: v.string(),
  createdAt: v.number(),
  signing: lockedPair,
  encryption: lockedPair,
  registration: v.optional(
    v.object({
      certificates: v.object({ signing: bytes, encryption: bytes }),
      caCertificate: bytes,
    }),
  ),
});
const seenNonce = v.object({ key: v.string(), seenAt: v.number() });

/** The database of one agent. */
export function agentDatabaseName(agentId: string): string {
  return `parley-agent-${agentId}`;
}

/** An agent's store in IndexedDB, one database per agent. Every call rejects with `storage_failed` when the browser does. */
export async function openAgentStore(agentId: string): Promise<AgentStore> {
  const name = agentDatabaseName(agentId);
  let database: IDBPDatabase<AgentSchema> | undefined;
  const open = async () => {
    database ??= await openDB<AgentSchema>(name, version, {
      upgrade(db) {
        db.createObjectStore('identity');
        db.createObjectStore('nonces', { keyPath: 'key' }).createIndex('seenAt', 'seenAt');
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
    loadIdentity: () =>
      guarded(async (): Promise<StoredIdentity | undefined> => {
        const found = await (await open()).get('identity', 'self');
        return found === undefined ? undefined : v.parse(storedIdentity, found);
      }),
    saveIdentity: (identity) =>
      guarded(async () => {
        await (await open()).put('identity', identity, 'self');
      }),
    loadNonces: (since) =>
      guarded(async (): Promise<readonly SeenNonce[]> => {
        const found = await (await open()).getAllFromIndex('nonces', 'seenAt', IDBKeyRange.lowerBound(since));
        return found.map((nonce) => v.parse(seenNonce, nonce));
      }),
    addNonce: (nonce) =>
      guarded(async () => {
        await (await open()).put('nonces', nonce);
      }),
    dropNonces: (before) =>
      guarded(async () => {
        const transaction = (await open()).transaction('nonces', 'readwrite');
        const range = IDBKeyRange.upperBound(before, true);
        for await (const cursor of transaction.store.index('seenAt').iterate(range)) await cursor.delete();
        await transaction.done;
      }),
    erase: () =>
      guarded(async () => {
        database?.close();
        database = undefined;
        await deleteDB(name);
      }),
  };
}
