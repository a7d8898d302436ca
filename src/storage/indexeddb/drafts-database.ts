import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import { isBuffer, isBytes, isNamed } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import { secretKey } from './secret-key.ts';

interface DraftSchema extends DBSchema {
  /** One record under the key `self`. */
  key: { key: 'self'; value: unknown };
  drafts: { key: string; value: unknown; indexes: { at: number } };
  /** Since version 2. */
  files: { key: string; value: unknown; indexes: { at: number } };
}

export type DraftsDatabase = IDBPDatabase<DraftSchema>;

/** A draft at rest. */
interface SealedDraft {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

const bytes = v.pipe(v.custom<Uint8Array<ArrayBuffer>>((value) => isBytes(value) && isBuffer(value.buffer)));
const sealed = v.object({ name: v.string(), at: v.number(), iv: bytes, ciphertext: bytes });
const key = secretKey('AES-GCM');
const dayMs = 86_400_000;
/** Days after which a draft is dropped. */
const longestDays = 30;

/** Returns the time, in milliseconds since 1970, from which on drafts are stored. */
export function oldestDraft(now: number): number {
  return now - longestDays * dayMs;
}

/** Deletes all drafts of an agent and their key. Rejects with `storage_failed`. */
export function forgetDrafts(agentId: string): Promise<void> {
  return guarded(() => deleteDB(databaseName(agentId)));
}

/** True if an agent has drafts: opening what is not there would make it. */
export async function hasDrafts(agentId: string): Promise<boolean> {
  return (await guarded(() => indexedDB.databases())).some(({ name }) => name === databaseName(agentId));
}

const databaseName = (agentId: string) => `parley-drafts-${agentId}`;

/** Opens and closes the database for one piece of work: nobody else has to wait for it. */
export function withDrafts<T>(agentId: string, work: (database: DraftsDatabase) => Promise<T>): Promise<T> {
  return guarded(async () => {
    const database = await openDB<DraftSchema>(databaseName(agentId), 2, {
      upgrade(db, from) {
        if (from < 1) {
          db.createObjectStore('key');
          db.createObjectStore('drafts', { keyPath: 'name' }).createIndex('at', 'at');
        }
        db.createObjectStore('files', { keyPath: 'name' }).createIndex('at', 'at');
      },
    });
    try {
      return await work(database);
    } finally {
      database.close();
    }
  });
}

/** Encrypts a draft: AES-256-GCM, a fresh IV each time, `aad` as AAD, under a key of this agent that no script can take out. */
export async function sealDraft(
  database: DraftsDatabase,
  draft: Pick<SealedDraft, 'name' | 'at'>,
  aad: string,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<SealedDraft> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(aad) };
  return {
    ...draft,
    iv,
    ciphertext: new Uint8Array(await crypto.subtle.encrypt(algorithm, await secretOf(database), plaintext)),
  };
}

/** Returns the key of an agent's drafts; undefined when there is none. */
export async function draftKey(database: DraftsDatabase): Promise<CryptoKey | undefined> {
  const found = v.safeParse(key, await database.get('key', 'self'));
  return found.success ? found.output : undefined;
}

/** Returns a record's name and plaintext; undefined for what is no draft, or one of another key. `aadOf` gives the AAD of a name. */
export async function openDraft(
  secret: CryptoKey,
  record: unknown,
  aadOf: (name: string) => string,
): Promise<{ readonly name: string; readonly plaintext: Uint8Array<ArrayBuffer> } | undefined> {
  const draft = v.safeParse(sealed, record);
  if (!draft.success) return undefined;
  const { name, iv, ciphertext } = draft.output;
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(aadOf(name)) };
    return { name, plaintext: new Uint8Array(await crypto.subtle.decrypt(algorithm, secret, ciphertext)) };
  } catch (cause) {
    // Of another key: site data was cleared in part. There is nothing to read in it.
    if (isNamed(cause, 'OperationError')) return undefined;
    throw cause;
  }
}

/** Deletes drafts of one kind that are over their age, and the oldest over their number. */
export async function dropOldDrafts(
  database: DraftsDatabase,
  kind: 'drafts' | 'files',
  most: number,
  now: number,
): Promise<void> {
  const writing = database.transaction(kind, 'readwrite');
  const byAge = writing.store.index('at');
  let over = (await writing.store.count()) - most;
  for (let cursor = await byAge.openCursor(); cursor !== null; cursor = await cursor.continue()) {
    if (over <= 0 && cursor.key >= oldestDraft(now)) break;
    await cursor.delete();
    over -= 1;
  }
  await writing.done;
}

/** Returns the key of an agent's drafts, made at first use; if two tabs make one, the first stays. */
async function secretOf(database: DraftsDatabase): Promise<CryptoKey> {
  const found = await draftKey(database);
  if (found !== undefined) return found;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const writing = database.transaction('key', 'readwrite');
  const first = v.safeParse(key, await writing.store.get('self'));
  if (!first.success) await writing.store.put(made, 'self');
  await writing.done;
  return first.success ? first.output : made;
}
