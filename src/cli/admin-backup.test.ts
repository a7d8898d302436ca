import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { exitCodes } from './exit-codes.ts';
import { runParley } from './testing/run.ts';

let server: TestServer;
let folder = '';
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'parley-admin-'));
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

describe('parley admin', () => {
  test('backs up a running server and restores it elsewhere, and says what is in it', async () => {
    const file = join(folder, 'parley.backup');
    const made = await runParley('admin', 'backup', file, '--data', server.data, '--json');
    expect([made.code, made.err]).toEqual([exitCodes.done, '']);
    const facts = JSON.parse(made.out);
    expect(facts).toMatchObject({
      file,
      agents: 0,
      list_number: 1,
      parts: ['manifest.json', 'controller.db', 'ca.pem'],
    });
    const again = await runParley('admin', 'backup', file, '--data', server.data);
    expect([again.code, again.err]).toEqual([exitCodes.usage, expect.stringContaining('nothing is overwritten')]);
    const restored = await runParley('admin', 'restore', file, '--data', join(folder, 'restored'));
    expect([restored.code, restored.out]).toEqual([exitCodes.done, expect.stringContaining(facts.ca_fingerprint)]);
    const refused = await runParley('admin', 'restore', file, '--data', server.data, '--replace');
    expect([refused.code, refused.err]).toEqual([exitCodes.storage, expect.stringContaining('Another server uses')]);
  });

  test('does not say that nothing was changed while a restore waits for its end', async () => {
    const file = join(folder, 'pending.backup');
    await runParley('admin', 'backup', file, '--data', server.data);
    const data = join(folder, 'pending');
    const ready = join(data, 'restore.ready');
    await mkdir(ready, { recursive: true });
    await writeFile(join(ready, 'ca.pem'), '');
    await writeFile(join(ready, 'plan.json'), JSON.stringify({ ca: join(folder, 'gone', 'ca.pem'), aside: 'then' }));
    const stopped = await runParley('admin', 'restore', file, '--data', data);
    expect([stopped.code, stopped.err]).toEqual([exitCodes.storage, expect.stringMatching(/is not finished: .*gone/s)]);
    expect(stopped.err).not.toContain('Nothing was changed');
    await mkdir(join(folder, 'gone'));
    const finished = await runParley('admin', 'restore', file, '--data', data, '--replace');
    expect(finished.code).toBe(exitCodes.done);
  });

  test('says what stops it', async () => {
    const missing = await runParley('admin', 'backup', join(folder, 'a'), '--data', join(folder, 'nowhere'));
    expect([missing.code, missing.err]).toEqual([
      exitCodes.usage,
      expect.stringMatching(/There is no .*controller\.db.*--data/),
    ]);
    const group = await runParley('admin', 'backup', join(folder, 'a'), '--nats', 'nats://localhost:1');
    expect([group.code, group.err]).toEqual([exitCodes.usage, expect.stringContaining('nats stream backup')]);
    const unwritable = await runParley('admin', 'backup', join(folder, 'no', 'folder'), '--data', server.data);
    expect([unwritable.code, unwritable.err]).toEqual([exitCodes.storage, expect.stringContaining('does not exist')]);
  });
});
