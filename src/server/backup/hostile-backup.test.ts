import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import { openDeliveryStore } from '../../storage/sqlite/delivery-store.ts';
import { startTestServer } from '../testing/server.ts';
import { backUp } from './back-up.ts';
import { restore } from './restore.ts';

const runs = inject('exhaustive') ? 10_000 : 150;
const chance = new Chance(16);
let root = '';
let data = '';
const places = () => ({ data, ca: join(data, 'ca.pem') });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-hostile-backup-'));
  data = join(root, 'data');
  const server = await startTestServer([], {}, data);
  await server.close();
  const database = new DatabaseSync(join(data, 'controller.db'));
  const store = openDeliveryStore(database);
  await store.putLastResort('helper_agent_001', new Uint8Array(2_048).fill(7));
  await store.addKeyPackages(
    'helper_agent_001',
    [{ hash: 'ab'.repeat(32), bytes: new Uint8Array(2_048).fill(8) }],
    100,
    false,
  );
  await store.remember('key', 1_790_000_000);
  database.close();
  await backUp({ ...places(), file: join(root, 'whole.backup') });
});
afterAll(() => rm(root, { recursive: true }));

/** Every file of the folder, with its bytes. */
async function contents(): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(data)).filter((name) => !name.startsWith('server.lock')).sort();
  return Promise.all(names.map(async (name) => [name, (await readFile(join(data, name))).toString('base64')] as const));
}

test('a backup of a delivery service with anything changed is refused as a whole, and nothing is replaced', {
  timeout: 3_600_000,
}, async () => {
  const whole = new Uint8Array(await readFile(join(root, 'whole.backup')));
  const before = await contents();
  const file = join(root, 'changed.backup');
  for (let run = 0; run < runs; run++) {
    await writeFile(file, mutatedBytes(whole, chance));
    await expect(restore({ ...places(), file, replace: true })).rejects.toMatchObject({ code: 'storage_failed' });
    if (run % 50 === 0) expect(await contents()).toEqual(before);
  }
  expect(await contents()).toEqual(before);
  await restore({ ...places(), file: join(root, 'whole.backup'), replace: true });
  const database = new DatabaseSync(join(data, 'controller.db'));
  expect(await openDeliveryStore(database).lastResort('helper_agent_001')).toEqual(new Uint8Array(2_048).fill(7));
  database.close();
});
