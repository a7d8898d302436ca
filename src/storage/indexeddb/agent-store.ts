import { deleteDB, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import type { NoMembers } from '../../agent/contracts/no-members.ts';
import type { AgentStore, SeenNonce, StoredIdentity, StoredVerification } from '../../agent/contracts/ports.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isNamed } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import {
  nonceV1,
  registrationV1,
  toNonceV1,
  toRegistrationV1,
  toVerificationV1,
  verificationV1,
} from '../records/agent.ts';
import { storedBytes } from '../stored-history.ts';
import { openArchives } from './archives.ts';
import { openFileRecords, openOfferedFiles } from './file-records.ts';
import { openBrowserVault } from './file-vault.ts';
import { openGroups } from './groups.ts';
import { openHistory } from './history.ts';
import { openRecordings } from './recordings.ts';
import { openRequests } from './requests.ts';
import { openResumptions } from './resumptions.ts';
import { type AgentSchema, agentDatabaseName, openAgentDatabase, storageCleared } from './schema.ts';
import { secretKey } from './secret-key.ts';

const pairV1 = (algorithm: 'RSA-PSS' | 'RSA-OAEP') =>
  v.object({
    privateKey: secretKey(algorithm),
    /** SPKI DER: a public CryptoKey is always extractable, and nothing that is belongs in here. */
    publicKey: storedBytes,
  });
/** Version 1 of an identity with its keys. */
const identityV1 = v.object({
  agentId: v.string(),
  address: v.string(),
  createdAt: v.number(),
  usedAt: v.exactOptional(v.number()),
  signing: pairV1('RSA-PSS'),
  encryption: pairV1('RSA-OAEP'),
  registration: v.exactOptional(registrationV1(storedBytes)),
});
const verification = verificationV1(storedBytes);

/** Milliseconds before each look at a database whose connection was lost. */
const lookAgainMs = [0, 50, 200, 1_000, 5_000];

/**
 * Opens an agent's store in IndexedDB, one database per agent. No key in it can be taken out. Every call rejects with
 * `storage_failed` when the browser does, with `storage_full` when the quota is used up, and with `storage_cleared`
 * once the agent's data was deleted behind its back, of which `cleared` is told at once.
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
  const vault = openBrowserVault(agentId, open);
  await guarded(open);

  return {
    ...openHistory(open),
    ...openRequests(open),
    ...openGroups(open),
    ...openResumptions(open),
    ...openArchives(open),
    ...openRecordings(open),
    files: { records: openFileRecords(open), vault, sources: openOfferedFiles(open) },
    keepsKeysAsFiles: false,
    loadIdentity: () =>
      guarded(async (): Promise<StoredIdentity | undefined> => {
        // An agent begins by looking who it is: under this name there may be a new one.
        isErased = false;
        const found = await (await open()).get('identity', 'self');
        if (found === undefined) return undefined;
        isKnown = true;
        return revive(v.parse(identityV1, found));
      }),
    saveIdentity: (identity) =>
      guarded(async () => {
        await (await open()).put('identity', await toIdentityV1(identity), 'self');
        isKnown = true;
      }),
    loadNonces: (since) =>
      guarded(async (): Promise<readonly SeenNonce[]> => {
        const found = await (await open()).getAllFromIndex('nonces', 'seenAt', IDBKeyRange.lowerBound(since));
        return found.map((nonce) => v.parse(nonceV1, nonce));
      }),
    addNonce: (nonce) =>
      guarded(async () => {
        await (await open()).put('nonces', toNonceV1(nonce));
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
        return found.map((one) => v.parse(verification, one));
      }),
    saveVerification: (record) =>
      guarded(async () => {
        await (await open()).put('verifications', toVerificationV1(record));
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
        await vault.clear();
        await deleteDB(name);
      }),
  };
}

async function toIdentityV1(identity: StoredIdentity): Promise<v.InferOutput<typeof identityV1>> {
  const { agentId, address, createdAt, usedAt, signing, encryption, registration, ...undecided } = identity;
  undecided satisfies NoMembers;
  return {
    agentId,
    address,
    createdAt,
    ...(usedAt === undefined ? {} : { usedAt }),
    signing: await toPairV1(signing),
    encryption: await toPairV1(encryption),
    ...(registration === undefined ? {} : { registration: toRegistrationV1(registration) }),
  };
}

async function toPairV1({ privateKey, publicKey }: CryptoKeyPair) {
  return { privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)) };
}

async function revive({ signing, encryption, ...rest }: v.InferOutput<typeof identityV1>): Promise<StoredIdentity> {
  return {
    ...rest,
    signing: await revivePair(signing, 'RSA-PSS', 'verify'),
    encryption: await revivePair(encryption, 'RSA-OAEP', 'encrypt'),
  };
}

async function revivePair(
  { privateKey, publicKey }: v.InferOutput<ReturnType<typeof pairV1>>,
  name: 'RSA-PSS' | 'RSA-OAEP',
  use: KeyUsage,
): Promise<CryptoKeyPair> {
  const algorithm = { name, hash: 'SHA-256' };
  return { privateKey, publicKey: await crypto.subtle.importKey('spki', publicKey, algorithm, true, [use]) };
}
