import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import { isBuffer, isBytes, isNamed } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import { secretKey } from './secret-key.ts';

interface DraftSchema extends DBSchema {
  /** One record under the key `self`. */
  key: { key: 'self'; value: unknown };
  drafts: { key: string; value: unknown; indexes: { at: number } };
}

/** Days after which a draft is dropped, and how many of an agent are stored. */
const longestDays = 30;
const most = 200;
const dayMs = 86_400_000;

const bytes = v.pipe(v.custom<Uint8Array<ArrayBuffer>>((value) => isBytes(value) && isBuffer(value.buffer)));
const stored = v.object({ name: v.string(), at: v.number(), iv: bytes, ciphertext: bytes });
const key = secretKey('AES-GCM');

/** Returns the drafts of an agent by name, those of the last 30 days. Rejects with `storage_failed`. */
export async function loadDrafts(agentId: string, now: number): Promise<ReadonlyMap<string, string>> {
  // Opening what is not there would make it.
  if (!(await guarded(() => indexedDB.databases())).some(({ name }) => name === databaseName(agentId)))
    return new Map();
  return withDrafts(agentId, async (database) => {
    const secret = v.safeParse(key, await database.get('key', 'self'));
    const texts = new Map<string, string>();
    if (!secret.success) return texts;
    for (const record of await database.getAllFromIndex(
      'drafts',
      'at',
      IDBKeyRange.lowerBound(now - longestDays * dayMs),
    )) {
      const draft = v.safeParse(stored, record);
      if (!draft.success) continue;
      const text = await opened(secret.output, draft.output);
      if (text !== undefined) texts.set(draft.output.name, text);
    }
    return texts;
  });
}

/**
 * Stores a draft, encrypted (AES-256-GCM, a fresh IV each time, the name as AAD) under a key of this agent that no script can take
 * out; without a text the draft is deleted. The newest 200 of the last 30 days stay. Rejects with `storage_full` or `storage_failed`.
 */
export function saveDraft(agentId: string, name: string, text: string | undefined, now: number): Promise<void> {
  return withDrafts(agentId, async (database) => {
    if (text === undefined) return database.delete('drafts', name);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) };
    const sealed = await crypto.subtle.encrypt(algorithm, await secretOf(database), new TextEncoder().encode(text));
    await database.put('drafts', { name, at: now, iv, ciphertext: new Uint8Array(sealed) });
    await dropOld(database, now);
  });
}

/** Deletes all drafts of an agent and their key. Rejects with `storage_failed`. */
export function forgetDrafts(agentId: string): Promise<void> {
  return guarded(() => deleteDB(databaseName(agentId)));
}

const databaseName = (agentId: string) => `parley-drafts-${agentId}`;

/** Opens and closes the database for one piece of work: nobody else has to wait for it. */
function withDrafts<T>(agentId: string, work: (database: IDBPDatabase<DraftSchema>) => Promise<T>): Promise<T> {
  return guarded(async () => {
    const database = await openDB<DraftSchema>(databaseName(agentId), 1, {
      upgrade(db) {
        db.createObjectStore('key');
        db.createObjectStore('drafts', { keyPath: 'name' }).createIndex('at', 'at');
      },
    });
    try {
      return await work(database);
    } finally {
      database.close();
    }
  });
}

/** Returns the key of an agent's drafts, made at first use; if two tabs make one, the first stays. */
async function secretOf(database: IDBPDatabase<DraftSchema>): Promise<CryptoKey> {
  const found = v.safeParse(key, await database.get('key', 'self'));
  if (found.success) return found.output;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const writing = database.transaction('key', 'readwrite');
  const first = v.safeParse(key, await writing.store.get('self'));
  if (!first.success) await writing.store.put(made, 'self');
  await writing.done;
  return first.success ? first.output : made;
}

async function opened(
  secret: CryptoKey,
  { name, iv, ciphertext }: v.InferOutput<typeof stored>,
): Promise<string | undefined> {
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, secret, ciphertext));
  } catch (cause) {
    // Of another key: site data was cleared in part. There is nothing to read in it.
    if (isNamed(cause, 'OperationError')) return undefined;
    throw cause;
  }
}

async function dropOld(database: IDBPDatabase<DraftSchema>, now: number): Promise<void> {
  const writing = database.transaction('drafts', 'readwrite');
  const byAge = writing.store.index('at');
  let over = (await writing.store.count()) - most;
  for (let cursor = await byAge.openCursor(); cursor !== null; cursor = await cursor.continue()) {
    if (over <= 0 && cursor.key >= now - longestDays * dayMs) break;
    await cursor.delete();
    over -= 1;
  }
  await writing.done;
}
