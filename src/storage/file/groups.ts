import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { GroupChange, GroupKey, GroupStore } from '../../agent/contracts/group-store.ts';
import { type Bytes, concat, wipe } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { guarded } from '../guarded.ts';
import { groupRowV1, memberPart, toGroupRowV1 } from '../stored-group.ts';
import { storedBytes } from '../stored-history.ts';

/** The rows of groups, and the signature keys of leaves, encrypted under the key of the agent's records. */
export const groupsSchema = `
  CREATE TABLE group_rows (
    group_id TEXT NOT NULL, part TEXT NOT NULL, iv BLOB NOT NULL, ciphertext BLOB NOT NULL, PRIMARY KEY (group_id, part)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX group_members ON group_rows (group_id) WHERE part = '${memberPart}';
  CREATE TABLE group_keys (id TEXT PRIMARY KEY, iv BLOB NOT NULL, ciphertext BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;

const select = 'SELECT group_id AS "group", part, iv, ciphertext FROM group_rows WHERE group_id = ?';
const keyRow = v.object({ iv: storedBytes, ciphertext: storedBytes });
/** Comes after every part that begins with a prefix. */
const last = '\u{10ffff}';

/**
 * Opens the part of an agent's store that holds its groups. `recordKey` gives the key of the agent's records, which encrypts the
 * signature keys too.
 */
export function openGroups(database: () => DatabaseSync, recordKey: () => Promise<CryptoKey | undefined>): GroupStore {
  return {
    groupIds: () =>
      guarded(async () =>
        database()
          .prepare(`SELECT group_id AS id FROM group_rows WHERE part = '${memberPart}' ORDER BY group_id`)
          .all()
          .map(({ id }) => v.parse(v.string(), id)),
      ),
    groupRow: (group, part) =>
      guarded(async () => {
        const found = database().prepare(`${select} AND part = ?`).get(group, part);
        return found === undefined ? undefined : v.parse(groupRowV1, found);
      }),
    groupRows: (group, prefix, after, count) =>
      guarded(async () =>
        database()
          .prepare(`${select} AND part >= ? AND part < ? AND part > ? ORDER BY part LIMIT ?`)
          .all(group, prefix, prefix + last, after, count)
          .map((row) => v.parse(groupRowV1, row)),
      ),
    groupRowsBefore: (group, prefix, before, count) =>
      guarded(async () =>
        database()
          .prepare(`${select} AND part >= ? AND part < ? AND part < ? ORDER BY part DESC LIMIT ?`)
          .all(group, prefix, prefix + last, before, count)
          .map((row) => v.parse(groupRowV1, row)),
      ),
    groupKey: (id) =>
      guarded(async () => {
        const found = database().prepare('SELECT iv, ciphertext FROM group_keys WHERE id = ?').get(id);
        if (found === undefined) return undefined;
        return open(v.parse(keyRow, found), id, await needed(recordKey));
      }),
  };
}

/** A change of groups, its signature keys encrypted. */
export interface SealedGroupChange extends Omit<GroupChange, 'putKeys'> {
  readonly keys: readonly { readonly id: string; readonly iv: Bytes; readonly ciphertext: Bytes }[];
}

/**
 * Encrypts the signature keys of a change, which have to be extractable; one that is stored already may be the non-extractable one that
 * was loaded, and stays.
 */
export async function sealGroupChange(
  database: DatabaseSync,
  { putKeys = [], ...rest }: GroupChange,
  recordKey: () => Promise<CryptoKey | undefined>,
): Promise<SealedGroupChange> {
  const isStored = database.prepare('SELECT 1 FROM group_keys WHERE id = ?');
  const added = putKeys.filter(({ id }) => isStored.get(id) === undefined);
  if (added.length === 0) return { ...rest, keys: [] };
  const key = await needed(recordKey);
  return { ...rest, keys: await Promise.all(added.map((one) => seal(one, key))) };
}

/** Writes what changes, within a transaction of the caller. True when something that was stored is gone. */
export function putGroups(database: DatabaseSync, { put, drop, keys, dropKeys = [] }: SealedGroupChange): boolean {
  const removals = [
    ...drop.map(({ group, part }) =>
      part.endsWith('/')
        ? database
            .prepare('DELETE FROM group_rows WHERE group_id = ? AND part >= ? AND part < ?')
            .run(group, part, part + last)
        : database.prepare('DELETE FROM group_rows WHERE group_id = ? AND part = ?').run(group, part),
    ),
    ...dropKeys.map((id) => database.prepare('DELETE FROM group_keys WHERE id = ?').run(id)),
  ];
  const isThere = database.prepare('SELECT 1 FROM group_rows WHERE group_id = ? AND part = ?');
  const isReplaced = put.some(({ group, part }) => isThere.get(group, part) !== undefined);
  const putRow = database.prepare('INSERT OR REPLACE INTO group_rows VALUES (?, ?, ?, ?)');
  for (const row of put) {
    const { group, part, iv, ciphertext } = toGroupRowV1(row);
    putRow.run(group, part, iv, ciphertext);
  }
  const putKey = database.prepare('INSERT OR REPLACE INTO group_keys VALUES (?, ?, ?)');
  for (const { id, iv, ciphertext } of keys) putKey.run(id, iv, ciphertext);
  return isReplaced || removals.some(({ changes }) => Number(changes) > 0);
}

async function needed(recordKey: () => Promise<CryptoKey | undefined>): Promise<CryptoKey> {
  const key = await recordKey();
  if (key !== undefined) return key;
  throw new ParleyError(
    'storage_failed',
    'The keys of the history are missing. Restore them, or start with a new agent.',
  );
}

async function seal({ id, key }: GroupKey, recordKey: CryptoKey): Promise<SealedGroupChange['keys'][number]> {
  if (!key.extractable) {
    throw new ParleyError(
      'storage_failed',
      'A key that cannot be taken out cannot be written to a file. Nothing was stored.',
    );
  }
  const plaintext = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key));
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { id, iv, ciphertext: new Uint8Array(await crypto.subtle.encrypt(under(iv, id), recordKey, plaintext)) };
  } finally {
    wipe(plaintext);
  }
}

async function open(
  { iv, ciphertext }: v.InferOutput<typeof keyRow>,
  id: string,
  recordKey: CryptoKey,
): Promise<CryptoKey> {
  let plaintext: Bytes;
  try {
    plaintext = new Uint8Array(await crypto.subtle.decrypt(under(iv, id), recordKey, ciphertext));
  } catch (cause) {
    throw new ParleyError('storage_failed', 'A stored signature key is damaged. Rejoin the group.', { cause });
  }
  try {
    return await crypto.subtle.importKey('pkcs8', plaintext, 'Ed25519', false, ['sign']);
  } finally {
    wipe(plaintext);
  }
}

/** The AAD names use and key: no record of the history is taken for one, nor one key for another. */
function under(iv: Bytes, id: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: concat(encodeUtf8('parley-group/1 leaf key\0'), encodeUtf8(id)) };
}
