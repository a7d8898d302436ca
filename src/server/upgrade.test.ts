import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unpackGolden } from '../storage/testing/golden.ts';
import { backUp } from './backup/back-up.ts';
import { restore } from './backup/restore.ts';
import { registerRaw } from './testing/raw-agent.ts';
import { startTestServer } from './testing/server.ts';

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-upgrade-'));
  data = join(folder, 'server');
});
afterEach(() => rm(folder, { recursive: true }));

async function agentsAt(url: string): Promise<readonly string[]> {
  const { agents } = await (await fetch(`${url}/controller/agents`)).json();
  return agents.map(({ agent_id }: { readonly agent_id: string }) => agent_id);
}

test.each(['03fc21c', '0796c7d', '85e23e1', '750e1b7'])(
  'the data folder of a server of commit %s opens in this version, with its agents and its CA',
  async (commit) => {
    await unpackGolden(commit, folder, false);
    const ca = await readFile(join(data, 'ca.pem'), 'utf8');
    const server = await startTestServer([], {}, data);
    try {
      expect(await agentsAt(server.url)).toEqual(['helper_agent_001', 'traveller_agent_001']);
      expect(ca).toContain((await (await fetch(`${server.url}/controller/ca`)).text()).trim());
      expect((await fetch(`${server.url}/controller/crl`)).status).toBe(200);
      await registerRaw(server.url, 'later_agent_001');
    } finally {
      await server.close();
    }
  },
);

test('a version that is older than the data starts from the backup of before the upgrade, and from nothing else', async () => {
  const before = await startTestServer([], {}, data);
  await registerRaw(before.url, 'helper_agent_001');
  const ca = join(data, 'ca.pem');
  const file = join(folder, 'before-the-upgrade.backup');
  await backUp({ data, ca, file });
  await before.close();
  // What a newer version does to a database that it opens.
  const database = new DatabaseSync(join(data, 'controller.db'));
  database.exec('CREATE TABLE of_a_newer_version (id TEXT); PRAGMA user_version = 1000;');
  database.close();
  await expect(startTestServer([], {}, data)).rejects.toMatchObject({
    code: 'storage_failed',
    detail: expect.stringMatching(/controller\.db was written by a newer version of Parley\. Run that version/),
  });
  await restore({ data, ca, file, replace: true });
  const after = await startTestServer([], {}, data);
  expect(await agentsAt(after.url)).toEqual(['helper_agent_001']);
  await after.close();
});
