import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openAuthorityFile } from '../file/authority-file.ts';
import { commit, fullRecord, groupId, id, keyPackage } from '../testing/delivery-records.ts';
import { goldenFile } from '../testing/golden.ts';
import { openSqliteControllerStore } from './controller-store.ts';

test.each(['59aaf06'])('what the delivery service of commit %s stored is read by this version', async (written) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-delivery-golden-'));
  const path = join(folder, 'controller.db');
  const golden = new DatabaseSync(path);
  golden.exec(new TextDecoder().decode(await goldenFile(written, 'delivery.sql.gz')));
  golden.close();
  const controller = await openSqliteControllerStore(path, openAuthorityFile(join(folder, 'ca.pem')));
  try {
    const store = controller.delivery;
    expect(await store.agent('agent_b')).toEqual(fullRecord());
    expect((await store.agent('agent_a')).welcomeBytes).toBe(4);
    expect(await store.group(groupId)).toEqual(commit(3).after);
    expect(await store.entries(groupId, 0, 9)).toEqual([
      { ...commit(1).entry, isDropped: true },
      commit(2, ['agent_b', 'agent_c']).entry,
      commit(3).entry,
    ]);
    expect([await store.message(groupId, 1), await store.message(groupId, 3)]).toEqual([undefined, commit(3).message]);
    expect(await store.answered('agent_a', id(2))).toEqual({ index: 2, head: commit(2).after.head });
    expect(await store.append(commit(4, [], id(2)))).toBe(false);
    expect(await store.positions(groupId)).toEqual(new Map([['agent_b', { index: 2, at: 7 }]]));
    expect(await store.upkeep(groupId)).toEqual({ dropped: 3, messagesFrom: 2, passed: [{ index: 1, at: 5 }] });
    expect((await store.inbox('agent_c', 0, 9)).map(({ index, entry, from }) => [index, entry, from])).toEqual([
      [0, 2, 'agent_a'],
    ]);
    expect(await store.welcome('agent_c', 0)).toEqual(commit(2, ['agent_c']).welcome?.message);
    expect([await store.inboxNext('agent_b'), await store.unreadWelcomes('agent_a')]).toEqual([1, 2]);
    expect(await store.isRemembered('a key')).toBe(true);
    expect(await store.takeKeyPackage('agent_a')).toEqual(keyPackage(2));
    expect(await store.lastResort('agent_a')).toEqual(keyPackage(9).bytes);
    expect(await store.append(commit(4))).toBe(true);
  } finally {
    controller.close();
    await rm(folder, { recursive: true });
  }
});
