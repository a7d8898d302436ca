import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { openAuthorityFile } from '../storage/file/authority-file.ts';
import { openSqliteControllerStore } from '../storage/sqlite/controller-store.ts';
import { DeliveryWorld, makeSigningKeys, privateMessage } from './testing/delivery-world.ts';

const day = 86_400;
const messages = 40;
const size = 65_536;

test('on day 31 the pages of what has expired are free, and the file does not grow from month to month', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-disk-'));
  const path = join(folder, 'controller.db');
  const opened = await openSqliteControllerStore(path, openAuthorityFile(join(folder, 'ca.pem')));
  const raw = new DatabaseSync(path);
  const pages = (name: 'page_count' | 'freelist_count') => Number(raw.prepare(`PRAGMA ${name}`).get()?.[name]);
  try {
    const world = await DeliveryWorld.create(await makeSigningKeys(), opened.delivery, ['agent_a', 'agent_b']);
    const groupId = await world.group(['agent_a', 'agent_b']);
    const message = encodeBase64(privateMessage(groupId, 'application', size));
    const used: number[] = [];
    const inAll: number[] = [];
    for (let month = 0; month < 4; month += 1) {
      for (let i = 0; i < messages; i += 1) await world.appended('agent_a', groupId, { message });
      inAll.push(pages('page_count'));
      world.now += 31 * day;
      await world.app.tend();
      used.push(pages('page_count') - pages('freelist_count'));
    }
    const pageSize = Number(raw.prepare('PRAGMA page_size').get()?.page_size);
    const written = (messages * size) / pageSize;
    expect(inAll[0]).toBeGreaterThan(written);
    for (const left of used) expect(left).toBeLessThan(written / 4);
    for (const count of inAll.slice(1)) expect(count).toBeLessThan((inAll[0] ?? 0) + written / 4);
  } finally {
    raw.close();
    opened.close();
    await rm(folder, { recursive: true });
  }
});
