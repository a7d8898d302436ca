import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readRevocationList } from '../../pki/revocation-list.ts';
import { openAuthorityFile } from '../../storage/file/authority-file.ts';
import { lockFolder } from '../../storage/file/folder-lock.ts';
import { registerRaw } from '../testing/raw-agent.ts';
import { startTestServer } from '../testing/server.ts';
import { extractArchive } from './archive.ts';
import { backUp } from './back-up.ts';
import { settleRestore } from './pending-restore.ts';
import { restore } from './restore.ts';

let root = '';
/** A data folder as its server left it when it crashed, with a log beside the database. */
let old = '';
/** A backup of another server, made while it ran. */
let backup = '';
let oldCa = '';
let newCa = '';

const at = (...names: readonly string[]) => join(root, ...names);
const places = (data: string) => ({ data, ca: join(data, 'ca.pem') });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-backup-'));
  old = at('old');
  const first = await startTestServer([], {}, at('first'));
  await registerRaw(first.url, 'old_agent_001');
  oldCa = (await backUp({ ...places(at('first')), file: at('old.backup') })).caFingerprint;
  await cp(at('first'), old, { recursive: true });
  await first.close();
  const second = await startTestServer(['--registration', 'token'], {}, at('second'));
  await second.close();
  const third = await startTestServer([], {}, at('second'));
  await registerRaw(third.url, 'new_agent_001');
  await registerRaw(third.url, 'new_agent_002');
  backup = at('new.backup');
  const facts = await backUp({ ...places(at('second')), file: backup });
  newCa = facts.caFingerprint;
  expect(facts).toMatchObject({ agents: 2, listNumber: 1 });
  await registerRaw(third.url, 'late_agent_001');
  await third.close();
});
afterAll(() => rm(root, { recursive: true }));

async function agentsAt(url: string): Promise<readonly string[]> {
  const { agents } = await (await fetch(`${url}/controller/agents`)).json();
  return agents.map(({ agent_id }: { readonly agent_id: string }) => agent_id);
}

describe('a backup', () => {
  test('is one private file, with everything that belongs together', async () => {
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    await mkdir(at('extracted'));
    expect(await extractArchive(backup, at('extracted'))).toEqual([
      'manifest.json',
      'controller.db',
      'ca.pem',
      'registration-token',
    ]);
    expect(await readFile(at('extracted', 'ca.pem'))).toEqual(await readFile(at('second', 'ca.pem')));
    expect((await readdir(root)).filter((name) => name.includes('.partial-'))).toEqual([]);
  });

  test('replaces no file', async () => {
    const before = await readFile(backup);
    await expect(backUp({ ...places(at('second')), file: backup })).rejects.toThrow(/already exists/);
    expect(await readFile(backup)).toEqual(before);
  });

  test('removes what a killed backup left, and no file of anybody else', async () => {
    const file = at('tidy', 'a.backup');
    await mkdir(at('tidy', 'a.backup.partial-99999999'), { recursive: true });
    for (const name of ['a.backup.partial-notes', 'a.backup.partial-', 'a.backup.partial-1e3']) {
      await writeFile(at('tidy', name), 'mine');
    }
    await backUp({ ...places(old), file });
    expect((await readdir(at('tidy'))).sort()).toEqual([
      'a.backup',
      'a.backup.partial-',
      'a.backup.partial-1e3',
      'a.backup.partial-notes',
    ]);
  });

  test('of a database and a CA that do not belong together is not made', async () => {
    await cp(old, at('mixed'), { recursive: true });
    await cp(at('second', 'ca.pem'), at('mixed', 'ca.pem'));
    await expect(backUp({ ...places(at('mixed')), file: at('mixed.backup') })).rejects.toThrow(
      new RegExp(`The CA is ${newCa}, but the database belongs to ${oldCa}`),
    );
    expect(await readdir(root)).not.toContain('mixed.backup');
  });

  test('with any bit changed, cut off or continued is refused, and nothing is changed', async () => {
    const whole = await readFile(backup);
    const refused = async (bytes: Uint8Array) => {
      await writeFile(at('damaged.backup'), bytes);
      await expect(
        restore({ ...places(at('untouched')), file: at('damaged.backup'), replace: false }),
      ).rejects.toMatchObject({
        code: 'storage_failed',
      });
      expect((await readdir(at('untouched'))).filter((name) => !name.startsWith('server.lock'))).toEqual([]);
    };
    // Every kind of place: headers, manifest, database, padding, CA, checksums, end.
    const step = Math.floor(whole.length / 40);
    for (let place = 0; place < whole.length; place += step) {
      const bytes = Uint8Array.from(whole);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (place % 8));
      await refused(bytes);
    }
    await refused(whole.subarray(0, whole.length - 512));
    await refused(whole.subarray(0, 512));
    await refused(new Uint8Array());
    await refused(Uint8Array.from([...whole, 0]));
    await refused(Uint8Array.from([...whole, ...whole]));
  });
});

describe('a restore', () => {
  test('brings back the server as it was, and its revocation lists go on above all that agents have seen', async () => {
    const data = at('restored');
    expect(await restore({ ...places(data), file: backup, replace: false })).toMatchObject({
      agents: 2,
      caFingerprint: newCa,
    });
    for (const name of await readdir(data))
      expect([name, (await stat(join(data, name))).mode & 0o077]).toEqual([name, 0]);
    const server = await startTestServer([], {}, data);
    expect(await agentsAt(server.url)).toEqual(['new_agent_001', 'new_agent_002']);
    expect(await readFile(join(data, 'registration-token'))).toEqual(
      await readFile(at('second', 'registration-token')),
    );
    const der = new Uint8Array(await (await fetch(`${server.url}/controller/crl`)).arrayBuffer());
    const { certificate = new Uint8Array() } = (await openAuthorityFile(join(data, 'ca.pem')).loadAuthority()) ?? {};
    const list = await readRevocationList(der, certificate, Math.floor(Date.now() / 1_000));
    expect(list.number).toBeGreaterThan(1_700_000_000);
    await server.close();
  });

  test('touches nothing while a server uses the folder', async () => {
    const data = at('used');
    await cp(old, data, { recursive: true });
    const lock = lockFolder(data);
    try {
      const before = await readFile(join(data, 'controller.db'));
      await expect(restore({ ...places(data), file: backup, replace: true })).rejects.toThrow(/Another server uses/);
      expect(await readFile(join(data, 'controller.db'))).toEqual(before);
    } finally {
      lock.release();
    }
  });

  // Only root can give a folder away.
  test.runIf(process.getuid?.() === 0)('into a folder of another user is refused, who could not read it', async () => {
    const nobody = 65_534;
    const data = at('of-another');
    await mkdir(data);
    await chown(data, nobody, nobody);
    const refused = {
      code: 'storage_failed',
      detail: expect.stringMatching(/user 65534.*Nothing was changed.*runuser -u/),
    };
    await expect(restore({ ...places(data), file: backup, replace: false })).rejects.toMatchObject(refused);
    // The first start would make the same files.
    await expect(startTestServer([], {}, data)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await readdir(data)).toEqual([]);
    await mkdir(at('own'));
    await mkdir(at('ca-of-another'));
    await chown(at('ca-of-another'), nobody, nobody);
    const ca = at('ca-of-another', 'ca.pem');
    await expect(restore({ data: at('own'), ca, file: backup, replace: false })).rejects.toMatchObject(refused);
    expect(existsSync(ca)).toBe(false);
  });

  test('makes the folder that the CA goes into, and begins nothing that it cannot finish', async () => {
    const ca = at('made', 'for', 'ca.pem');
    await restore({ data: at('with-ca'), ca, file: backup, replace: false });
    expect(await readFile(ca)).toEqual(await readFile(at('second', 'ca.pem')));
    await writeFile(at('a-file'), '');
    await mkdir(at('ca-below-a-file'));
    await mkdir(at('blocked', 'registration-token'), { recursive: true });
    for (const [data, place] of [
      ['ca-below-a-file', at('a-file', 'ca.pem')],
      ['blocked', at('blocked', 'ca.pem')],
    ] as const) {
      await expect(restore({ data: at(data), ca: place, file: backup, replace: false })).rejects.toThrow();
      expect((await readdir(at(data))).filter((name) => name.startsWith('restore.'))).toEqual([]);
    }
  });

  test('replaces files only when it is told to, and keeps them aside', async () => {
    const data = at('kept');
    await cp(old, data, { recursive: true });
    await expect(restore({ ...places(data), file: backup, replace: false })).rejects.toThrow(
      /would be replaced.*--replace/,
    );
    const ca = await readFile(join(data, 'ca.pem'));
    await restore({ ...places(data), file: backup, replace: true });
    const names = await readdir(data);
    const aside = names.find((name) => name.startsWith('ca.pem.set-aside-')) ?? '';
    expect(await readFile(join(data, aside))).toEqual(ca);
    expect(names.filter((name) => /^controller\.db\.set-aside-[^.]+$/.test(name)).length).toBeGreaterThanOrEqual(1);
  });
});

/** Kills its process before the so-manyth step that changes which files there are. */
const killer = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  let left = Number(process.env.KILL_BEFORE);
  for (const name of ['open', 'mkdir', 'rename', 'link', 'rm']) {
    const real = fs[name];
    fs[name] = (...args) => {
      if (name !== 'open' || args[1] !== 'r') left -= 1;
      if (left < 0) process.kill(process.pid, 'SIGKILL');
      return real(...args);
    };
  }
  syncBuiltinESMExports();
`)}`;

/** Calls a function of a module in a process of its own, killed before step `step`; false when it ended before. */
function killedAt(step: number, module: string, call: string, input: object): Promise<boolean> {
  const url = JSON.stringify(new URL(module, import.meta.url).href);
  const script = `const { ${call} } = await import(${url}); await ${call}(${JSON.stringify(input)});`;
  const args = ['--disable-warning=ExperimentalWarning', '--import', killer, '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, KILL_BEFORE: String(step) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(signal === 'SIGKILL');
      else reject(new TypeError(`ended with ${code}`));
    });
  });
}

describe('a kill in the middle', () => {
  test('of a backup leaves no file or a whole one, and the next backup cleans up', async () => {
    const seen = new Set<string>();
    let isKilled = true;
    for (let step = 0; isKilled; step += inject('exhaustive') ? 1 : 4) {
      const file = at('killed', `${step}.backup`);
      await mkdir(at('killed'), { recursive: true });
      isKilled = await killedAt(step, './back-up.ts', 'backUp', { ...places(old), file });
      const isThere = (await readdir(at('killed'))).includes(`${step}.backup`);
      if (isThere) await restore({ ...places(at(`from-${step}`)), file, replace: false });
      else await backUp({ ...places(old), file });
      expect(await readdir(at('killed'))).toEqual([`${step}.backup`]);
      await rm(at('killed'), { recursive: true });
      seen.add(isThere ? 'whole' : 'none');
    }
    expect([...seen].sort()).toEqual(['none', 'whole']);
  });

  test('of a restore leaves the former state or the new one, and the next start of the server finishes it', async () => {
    const seen = new Set<string>();
    const unfinished = at('unfinished');
    let isKilled = true;
    for (let step = 0; isKilled; step += inject('exhaustive') ? 1 : 3) {
      const data = at(`killed-${step}`);
      await cp(old, data, { recursive: true });
      isKilled = await killedAt(step, './restore.ts', 'restore', { ...places(data), file: backup, replace: true });
      const isFirst = !existsSync(unfinished) && existsSync(join(data, 'restore.ready'));
      if (isFirst) await cp(data, unfinished, { recursive: true });
      // What a server does at its start, before it opens anything.
      const lock = lockFolder(data);
      const wasPending = await settleRestore(data);
      lock.release();
      const { caFingerprint, agents } = await backUp({ ...places(data), file: at(`state-${step}.backup`) });
      expect([
        [oldCa, 1],
        [newCa, 2],
      ]).toContainEqual([caFingerprint, agents]);
      expect((await readdir(data)).filter((name) => name.startsWith('restore.'))).toEqual([]);
      seen.add(`${caFingerprint === oldCa ? 'former' : 'new'}${wasPending ? ', finished' : ''}`);
      await rm(data, { recursive: true });
    }
    expect([...seen].sort()).toEqual(['former', 'new', 'new, finished']);
    const server = await startTestServer([], {}, unfinished);
    expect(server.log.join('\n')).toContain('warn restored');
    expect(await agentsAt(server.url)).toEqual(['new_agent_001', 'new_agent_002']);
    await server.close();
  });
});
