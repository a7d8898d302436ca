import { deleteDB, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import type { AgentStore, SeenNonce, StoredIdentity, StoredVerification } from '../../agent/contracts/ports.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isNamed } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import { storedBytes } from '../stored-history.ts';
import { openArchives } from './archives.ts';
import { openHistory } from './history.ts';
import { openRequests } from './requests.ts';
import { openResumptions } from './resumptions.ts';
import { type AgentSchema, agentDatabaseName, openAgentDatabase, storageCleared } from './schema.ts';
import { secretKey } from './secret-key.ts';

const storedPair = (algorithm: 'RSA-PSS' | 'RSA-OAEP') =>
  v.object({
    privateKey: secretKey(algorithm),
    /** SPKI DER: a public CryptoKey is always extractable, and nothing that is belongs in here. */
    publicKey: storedBytes,
  });
const storedIdentity = v.object({
  agentId: v.string(),
  address: v.string(),
  createdAt: v.number(),
  usedAt: v.exactOptional(v.number()),
  signing: storedPair('RSA-PSS'),
  encryption: storedPair('RSA-OAEP'),
  registration: v.exactOptional(
    v.object({
      certificates: v.object({ signing: storedBytes, encryption: storedBytes }),
      caCertificate: storedBytes,
    }),
  ),
});
const seenNonce = v.object({ key: v.string(), seenAt: v.number() });
const keyHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const storedVerification = v.object({
  peerId: v.string(),
  keyHash,
  verifiedAt: v.number(),
  changed: v.exactOptional(v.object({ signingSpki: storedBytes, keyHash, seenAt: v.number() })),
});

/** Milliseconds before each look at a database whose connection was lost. */
const lookAgainMs = [0, 50, 200, 1_000, 5_000];

/**
 * An agent's store in IndexedDB, one database per agent. No key in it can be taken out. Every call rejects with
 * `storage_failed` when the browser does, with `storage_full` when the quota is used up, and with `storage_cleared` once the
 * agent's data was deleted behind its back, of which `cleared` is told at once.
 */
export async function openAgentStore(
  agentId: string,
  cleared: (why: ParleyError) => void = () => undefined,
): Promise<AgentStore> {
  const name = agentDatabaseName(agentId);
  let database: Promise<IDBPDatabase<AgentSchema>> | undefined;
  let isErased = false;
  /** True once an identity is stored: it can only go by `erase`, or with all data of this site. */
  let isKnown = false;
  let clearing: ParleyError | undefined;

  const connect = async () => {
    const connection = await openAgentDatabase(name, {
      mustExist: isKnown,
      lost: () => {
        database = undefined;
        if (isKnown) void lookAgain();
      },
    });
    if (!isKnown || (await connection.count('identity')) > 0) return connection;
    connection.close();
    throw storageCleared();
  };
  const open = async () => {
    // Whoever still reads would bring it back, empty.
    if (isErased) throw new ParleyError('storage_failed', 'This agent was erased. Nothing of it is stored.');
    if (clearing !== undefined) throw clearing;
    const opening = database ?? connect();
    database = opening;
    try {
      return await opening;
    } catch (cause) {
      if (database === opening) database = undefined;
      if (cause instanceof ParleyError && cause.code === 'storage_cleared' && clearing === undefined) {
        clearing = cause;
        cleared(cause);
      }
      throw cause;
    }
  };
  /** Looks whether the data is still there, after a connection was lost: an agent that is idle has to learn of it too. */
  const lookAgain = async () => {
    for (const waitMs of lookAgainMs) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (isErased || clearing !== undefined) return;
      try {
        await open();
        return;
      } catch (cause) {
        // A deletion that is under way breaks off whoever opens meanwhile. Anything else is told to whoever asks next.
        if (!isNamed(cause, 'AbortError')) return;
      }
    }
  };
  await guarded(open);

  return {
    ...openHistory(open),
    ...openRequests(open),
    ...openResumptions(open),
    ...openArchives(open),
    keepsKeysAsFiles: false,
    loadIdentity: () =>
      guarded(async (): Promise<StoredIdentity | undefined> => {
        // An agent begins by looking who it is: under this name there may be a new one.
        isErased = false;
        const found = await (await open()).get('identity', 'self');
        if (found === undefined) return undefined;
        isKnown = true;
        return revive(v.parse(storedIdentity, found));
      }),
    saveIdentity: (identity) =>
      guarded(async () => {
        await (await open()).put('identity', await flatten(identity), 'self');
        isKnown = true;
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
        isErased = true;
        isKnown = false;
        const connection = await database?.catch(() => undefined);
        connection?.close();
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
  { privateKey, publicKey }: v.InferOutput<ReturnType<typeof storedPair>>,
  name: 'RSA-PSS' | 'RSA-OAEP',
  use: KeyUsage,
): Promise<CryptoKeyPair> {
  const algorithm = { name, hash: 'SHA-256' };
  return { privateKey, publicKey: await crypto.subtle.importKey('spki', publicKey, algorithm, true, [use]) };
}
