import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import type { AgentStore, SeenNonce, StoredIdentity, StoredVerification } from '../../agent/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { guarded } from '../guarded.ts';

/** Each version adds to the one before, so that a database of any age keeps what it holds. */
const version = 2;

interface AgentSchema extends DBSchema {
  /** One record under the key `self`. */
  identity: { key: 'self'; value: unknown };
  nonces: { key: string; value: unknown; indexes: { seenAt: number } };
  /** Since version 2. */
  verifications: { key: string; value: unknown };
}

const bytes = v.pipe(
  v.instance(Uint8Array),
  v.transform((view): Bytes => new Uint8Array(view)),
);
const storedPair = v.object({
  privateKey: v.pipe(
    v.instance(CryptoKey),
    v.check(({ extractable }) => !extractable, 'a private key is extractable'),
  ),
  /** SPKI DER: a public CryptoKey is always extractable, and nothing that is belongs in here. */
  publicKey: bytes,
});
const storedIdentity = v.object({
  agentId: v.string(),
  address: v.string(),
  createdAt: v.number(),
  usedAt: v.exactOptional(v.number()),
  signing: storedPair,
  encryption: storedPair,
  registration: v.exactOptional(
    v.object({
      certificates: v.object({ signing: bytes, encryption: bytes }),
      caCertificate: bytes,
    }),
  ),
});
const seenNonce = v.object({ key: v.string(), seenAt: v.number() });
const keyHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const storedVerification = v.object({
  peerId: v.string(),
  keyHash,
  verifiedAt: v.number(),
  changed: v.exactOptional(v.object({ signingSpki: bytes, keyHash, seenAt: v.number() })),
});

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
      // By what is there, not by the old version's number: a database may have been made without any store.
      upgrade(db) {
        const has = db.objectStoreNames;
        if (!has.contains('identity')) db.createObjectStore('identity');
        if (!has.contains('nonces')) {
          db.createObjectStore('nonces', { keyPath: 'key' }).createIndex('seenAt', 'seenAt');
        }
        if (!has.contains('verifications')) db.createObjectStore('verifications', { keyPath: 'peerId' });
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
        return found === undefined ? undefined : revive(v.parse(storedIdentity, found));
      }),
    saveIdentity: (identity) =>
      guarded(async () => {
        await (await open()).put('identity', await flatten(identity), 'self');
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
    loadVerifications: () =>
      guarded(async (): Promise<readonly StoredVerification[]> => {
        const found = await (await open()).getAll('verifications');
        return found.map((verification) => v.parse(storedVerification, verification));
      }),
    saveVerification: (verification) =>
      guarded(async () => {
        await (await open()).put('verifications', verification);
      }),
    dropVerification: (peerId) =>
      guarded(async () => {
        await (await open()).delete('verifications', peerId);
      }),
    erase: () =>
      guarded(async () => {
        database?.close();
        database = undefined;
        await deleteDB(name);
      }),
  };
}

async function flatten({ signing, encryption, ...rest }: StoredIdentity): Promise<v.InferInput<typeof storedIdentity>> {
  return { ...rest, signing: await flattenPair(signing), encryption: await flattenPair(encryption) };
}

async function flattenPair({ privateKey, publicKey }: CryptoKeyPair) {
  return { privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)) };
}

async function revive({ signing, encryption, ...rest }: v.InferOutput<typeof storedIdentity>): Promise<StoredIdentity> {
  return {
    ...rest,
    signing: await revivePair(signing, 'RSA-PSS', 'verify'),
    encryption: await revivePair(encryption, 'RSA-OAEP', 'encrypt'),
  };
}

async function revivePair(
  { privateKey, publicKey }: v.InferOutput<typeof storedPair>,
  name: 'RSA-PSS' | 'RSA-OAEP',
  use: KeyUsage,
): Promise<CryptoKeyPair> {
  const algorithm = { name, hash: 'SHA-256' };
  return { privateKey, publicKey: await crypto.subtle.importKey('spki', publicKey, algorithm, true, [use]) };
}
