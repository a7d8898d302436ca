import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { groupRow, makeGroupKey } from '../testing/group-contract.ts';
import { exchange, makeHistoryKeysOf } from '../testing/history-contract.ts';
import { openFileAgentStore } from './agent-store.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-groups-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function onDisk(): Promise<Buffer> {
  return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
}

test('a database of the version before groups keeps all that it holds, and gets them', async () => {
  const store = await openFileAgentStore(folder);
  await store.commit({ exchanges: [exchange()], audit: [] });
  store.close();
  const older = new DatabaseSync(join(folder, 'agent.db'));
  const later = 'group_rows group_keys files file_policies offered_files file_parts'.split(' ');
  older.exec(`${later.map((table) => `DROP TABLE ${table};`).join('')} PRAGMA user_version = 5;`);
  older.close();

  const newer = await openFileAgentStore(folder);
  expect(await newer.exchangesBefore('helper_agent_001', undefined, 9)).toEqual([exchange().record]);
  expect(await newer.groupIds()).toEqual([]);
  await newer.commit({ exchanges: [], audit: [], groups: [{ put: [groupRow('member')], drop: [] }] });
  newer.close();
  const again = await openFileAgentStore(folder);
  expect(await again.groupRow(groupRow('member').group, 'member').finally(() => again.close())).toEqual(
    groupRow('member'),
  );
});

test('a signature key is on the disk only under the key of the records, and neither it nor a row outlasts its deletion', async () => {
  const store = await openFileAgentStore(folder, { passphrase: 'correct horse battery' });
  const [key, another] = await Promise.all([makeGroupKey(true), makeGroupKey(false)]);
  const put = (fill: string) => [{ ...groupRow('ratchets/3'), ciphertext: new Uint8Array(Buffer.alloc(9_000, fill)) }];
  const commit = (change: object) =>
    store.commit({ exchanges: [], audit: [], groups: [{ put: [], drop: [], ...change }] });
  await expect(commit({ putKeys: [key] })).rejects.toThrow(/keys of the history are missing/);
  await store.saveHistoryKeys(await makeHistoryKeysOf(true));
  await expect(commit({ putKeys: [another], put: put('never ') })).rejects.toThrow(/cannot be written to a file/);
  await commit({ putKeys: [key], put: put('first ratchet ') });
  const secret = Buffer.from(await crypto.subtle.exportKey('pkcs8', key.key));
  expect((await onDisk()).includes(secret.subarray(-32))).toBe(false);
  expect((await onDisk()).includes(key.id)).toBe(true);
  expect((await onDisk()).includes('first ratchet')).toBe(true);
  await commit({ put: put('second ratchet ') });
  expect((await onDisk()).includes('first ratchet')).toBe(false);
  await commit({ drop: [{ group: groupRow('').group, part: 'ratchets/' }], dropKeys: [key.id] });
  const left = await onDisk();
  for (const gone of ['second ratchet', 'never', key.id]) expect(left.includes(gone)).toBe(false);
  store.close();
});

test('a signature key that is damaged or was put in the place of another is refused', async () => {
  const store = await openFileAgentStore(folder);
  await store.saveHistoryKeys(await makeHistoryKeysOf(true));
  const [key, other] = await Promise.all([makeGroupKey(true), makeGroupKey(true)]);
  await store.commit({ exchanges: [], audit: [], groups: [{ put: [], drop: [], putKeys: [key, other] }] });
  store.close();
  const database = new DatabaseSync(join(folder, 'agent.db'));
  database
    .prepare(
      'UPDATE group_keys SET (iv, ciphertext) = (SELECT iv, ciphertext FROM group_keys WHERE id = ?) WHERE id = ?',
    )
    .run(other.id, key.id);
  database.close();
  const again = await openFileAgentStore(folder);
  await expect(again.groupKey(key.id)).rejects.toMatchObject({ code: 'storage_failed' });
  expect((await again.groupKey(other.id))?.extractable).toBe(false);
  again.close();
});
