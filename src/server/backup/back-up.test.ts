import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestServer } from '../testing/server.ts';
import { backUp } from './back-up.ts';

test('a backup says that it needs hard links, where there are none, and leaves nothing behind', async () => {
  const server = await startTestServer();
  try {
    const { data } = server;
    const before = await readdir(data);
    for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
      const refuse = async () => {
        throw Object.assign(new Error(code), { code });
      };
      const made = backUp({ data, ca: join(data, 'ca.pem'), file: join(data, 'links.backup') }, refuse);
      await expect(made).rejects.toMatchObject({
        code: 'storage_failed',
        detail: expect.stringMatching(/without hard links\. No backup was written\./),
      });
    }
    expect((await readdir(data)).toSorted()).toEqual(before.toSorted());
  } finally {
    await server.end();
  }
});
