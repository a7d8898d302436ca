import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFolder } from '../storage/file/folder-lock.ts';
import { registerRaw } from './testing/raw-agent.ts';
import { startTestServer } from './testing/server.ts';

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'parley-data-')), 'data');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const file = (name: string) => join(folder, name);
const start = (...flags: readonly string[]) => startTestServer(flags, {}, folder);

async function startAndClose(...flags: readonly string[]): Promise<void> {
  await (await start(...flags)).close();
}

async function caFingerprint(): Promise<string> {
  return new X509Certificate(await readFile(file('ca.pem'))).fingerprint256.toLowerCase();
}

/** Runs a server once that registers an agent; the fingerprint of its CA. */
async function runOnce(): Promise<string> {
  const server = await start();
  await registerRaw(server.url, 'helper_agent_001');
  await server.close();
  return caFingerprint();
}

function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const at = mkdtempSync(join(tmpdir(), 'parley-mount-'));
  try {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at]).status === 0;
    return mounted && spawnSync('umount', [at]).status === 0;
  } finally {
    rmdirSync(at);
  }
}

describe('a CA that is not there', () => {
  test('stops the start, is named, and no other takes its place', async () => {
    const fingerprint = await runOnce();
    await rename(file('ca.pem'), file('away.pem'));
    for (let times = 0; times < 2; times += 1) {
      await expect(start()).rejects.toMatchObject({
        code: 'storage_failed',
        detail: expect.stringMatching(new RegExp(`is not in .*ca\\.pem.*${fingerprint}.*--new-ca`, 's')),
      });
      expect(await readdir(folder)).not.toContain('ca.pem');
    }
    await rename(file('away.pem'), file('ca.pem'));
    await startAndClose();
  });

  test('is missed also by a database of a version that noted none', async () => {
    await runOnce();
    const database = new DatabaseSync(file('controller.db'));
    database.exec('DROP TABLE authority');
    database.close();
    await rename(file('ca.pem'), file('away.pem'));
    await expect(start()).rejects.toThrow(/--new-ca/);
    await rename(file('away.pem'), file('ca.pem'));
    await startAndClose();
  });

  test('is made anew when its operator says so, once, and the former database is kept aside', async () => {
    const former = await runOnce();
    await rm(file('ca.pem'));
    const server = await start('--new-ca');
    expect(server.log.join()).toContain('warn set_aside');
    expect(await (await fetch(`${server.url}/controller/agents`)).json()).toMatchObject({ agents: [] });
    await registerRaw(server.url, 'helper_agent_001');
    await server.close();
    expect(await caFingerprint()).not.toBe(former);
    expect((await readdir(folder)).filter((name) => name.startsWith('controller.db.set-aside-'))).toHaveLength(1);
    const again = await start('--new-ca');
    expect((await (await fetch(`${again.url}/controller/agents`)).json()).agents).toHaveLength(1);
    await again.close();
  });
});

describe('a CA that is there', () => {
  test('and is another than that of the agents stops the start, both named', async () => {
    const wanted = await runOnce();
    const own = folder;
    folder = join(own, '..', 'other');
    const other = await runOnce();
    await writeFile(join(own, 'ca.pem'), await readFile(file('ca.pem')), { mode: 0o600 });
    folder = own;
    await expect(start()).rejects.toThrow(new RegExp(`holds the CA ${other}.*${wanted}.*--new-ca`, 's'));
    const database = new DatabaseSync(file('controller.db'));
    database.exec('DROP TABLE authority');
    database.close();
    await expect(start()).rejects.toThrow(new RegExp(`holds the CA ${other}`));
  });

  test('without the database of its agents stops the start, which would forget every revocation', async () => {
    const fingerprint = await runOnce();
    for (const name of await readdir(folder)) if (name.startsWith('controller.db')) await rm(file(name));
    await expect(start()).rejects.toThrow(new RegExp(`holds the CA ${fingerprint}.*controller\\.db.*--new-database`));
    await startAndClose('--new-database');
    expect(await caFingerprint()).toBe(fingerprint);
  });

  test.each([
    ['is empty', () => '', /holds no CA/],
    ['is cut', (text: string) => text.slice(0, 300), /holds no CA/],
    [
      'has a damaged key',
      (text: string) => text.replace(/(BEGIN PRIVATE KEY-----\n).{8}/, '$1AAAAAAAA'),
      /key in .* is damaged/,
    ],
    [
      'has a damaged certificate',
      (text: string) => text.replace(/(BEGIN CERTIFICATE-----\n).{8}/, '$1AAAAAAAA'),
      /certificate in .* is damaged/,
    ],
  ])('and %s stops the start, and is not replaced', async (_, damage, sentence) => {
    await runOnce();
    const text = await readFile(file('ca.pem'), 'utf8');
    await writeFile(file('ca.pem'), damage(text));
    await expect(start('--new-ca')).rejects.toThrow(sentence);
    expect(await readFile(file('ca.pem'), 'utf8')).toBe(damage(text));
  });

  test('whose key is another’s stops the start', async () => {
    await runOnce();
    const own = await readFile(file('ca.pem'), 'utf8');
    const first = folder;
    folder = join(first, '..', 'other');
    await runOnce();
    const other = await readFile(file('ca.pem'), 'utf8');
    folder = first;
    const [certificate = ''] = own.split('-----BEGIN PRIVATE KEY');
    await writeFile(file('ca.pem'), certificate + other.slice(other.indexOf('-----BEGIN PRIVATE KEY')));
    await expect(start()).rejects.toThrow(/is not that of the certificate/);
  });
});

describe('the data folder', () => {
  test('belongs to one server at a time, and the other hears which process has it', async () => {
    const server = await start();
    const sentence = new RegExp(
      `Another server uses the data folder .*: process ${process.pid} on .+, since 20.*--data`,
    );
    await expect(start()).rejects.toThrow(sentence);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await server.close();
    await startAndClose();
  });

  test('is free again after its server crashed, for another process too', async () => {
    await mkdir(folder);
    const path = JSON.stringify(join(process.cwd(), 'src/storage/file/folder-lock.ts'));
    const script = `import { lockFolder } from ${path}; lockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => 0, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    const gone = new Promise((resolve) => other.once('exit', resolve));
    const refusal = start().catch((error: unknown) => error);
    await refusal;
    other.kill('SIGKILL');
    await gone;
    expect(await refusal).toMatchObject({ detail: expect.stringMatching(new RegExp(`process ${other.pid} on`)) });
    expect(await readdir(folder)).toContain('server.lock.json');
    await startAndClose();
    lockFolder(folder).release();
  });

  test('is its owner’s alone, every file in it, also where it was there before, open to all', async () => {
    await mkdir(folder, { mode: 0o755 });
    await chmod(folder, 0o755);
    await startAndClose('--registration', 'token');
    await chmod(file('controller.db'), 0o644);
    await chmod(file('registration-token'), 0o644);
    await writeFile(file('controller.db-wal'), '', { mode: 0o644 });
    const server = await start('--registration', 'token');
    for (const name of await readdir(folder)) {
      expect([name, (await stat(file(name))).mode & 0o077]).toEqual([name, 0]);
    }
    await server.close();
  });

  test('that cannot be used ends the start with what is wrong', async () => {
    await writeFile(folder, 'a file');
    await expect(start()).rejects.toMatchObject({ code: 'storage_failed', detail: expect.stringContaining(folder) });
    await rm(folder);
    await runOnce();
    for (const name of await readdir(folder)) if (name.startsWith('controller.db-')) await rm(file(name));
    await writeFile(
      file('controller.db'),
      'no database at all, but long enough to be looked at as one by SQLite'.repeat(20),
    );
    await expect(start()).rejects.toThrow(/damaged.*Restore controller\.db/);
  });

  // Only root may mount a small disk, and in most containers not even root.
  test.runIf(mayMount())('on a full disk ends the start with that, and starts when there is room', async () => {
    await mkdir(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
    try {
      for (const left of [0, 4_096, 40_960]) {
        await writeFile(file('ballast'), new Uint8Array(2 * 1024 * 1024 - left)).catch(() => undefined);
        await expect(start('--registration', 'token')).rejects.toMatchObject({
          code: 'storage_full',
          detail: expect.stringMatching(/there is no room on its disk\. .*Make room, then start again/),
        });
        await rm(file('ballast'));
      }
      await startAndClose('--registration', 'token', '--new-ca', '--new-database');
      expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  test('with a token that is cut keeps it, and says so', async () => {
    await startAndClose('--registration', 'token');
    await writeFile(file('registration-token'), 'cut\n');
    await expect(start('--registration', 'token')).rejects.toThrow(/registration-token holds no token/);
    expect(await readFile(file('registration-token'), 'utf8')).toBe('cut\n');
  });
});
