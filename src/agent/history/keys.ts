import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { ArchiveStore } from '../contracts/archive-store.ts';
import type { HistoryKeys, HistoryStore } from '../contracts/history-store.ts';

/**
 * Loads the keys of an agent's history, or makes them at first use. No key that it gives can be taken out; where the
 * store writes them to a file, those that were made for it could be, and are dropped once they are written. Rejects
 * with `storage_failed`, also when the keys are gone from what they encrypt: under new ones no request that ran would
 * be found again, and it would run twice.
 */
export async function loadOrCreateHistoryKeys(
  store: HistoryStore & Pick<ArchiveStore, 'loadArchives'> & { readonly keepsKeysAsFiles: boolean },
  subtle: Subtle,
): Promise<HistoryKeys> {
  const found = await store.loadHistoryKeys();
  if (found !== undefined) return found;
  const isUsed =
    (await store.usages()).some(({ exchanges }) => exchanges > 0) || (await store.loadArchives()).length > 0;
  if (isUsed) throw keysAreGone(store.keepsKeysAsFiles);
  const made = await createKeys(subtle, store.keepsKeysAsFiles);
  await store.saveHistoryKeys(made);
  if (!store.keepsKeysAsFiles) return made;
  const written = await store.loadHistoryKeys();
  if (written === undefined) {
    throw new ParleyError('storage_failed', 'The keys of the history were not stored. Nothing was lost. Try again.');
  }
  return written;
}

function keysAreGone(areFiles: boolean): ParleyError {
  const where = areFiles ? ' (history.pem or history.age)' : '';
  return new ParleyError(
    'storage_failed',
    `The keys of the history${where} are lost, and the stored conversations cannot be read without them. Nothing was changed. Restore the keys, or start with a new agent.`,
  );
}

async function createKeys(subtle: Subtle, extractable: boolean): Promise<HistoryKeys> {
  const hmac = () => subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, extractable, ['sign']);
  return {
    record: await subtle.generateKey({ name: 'AES-GCM', length: 256 }, extractable, ['encrypt', 'decrypt']),
    index: await hmac(),
    opening: await hmac(),
  };
}
