import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readServerOptions } from './options/options.ts';
import { startServer } from './server.ts';
import { rotatingToken } from './tokens.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-tokens-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a token in a file', () => {
  const events: string[] = [];
  const open = () => rotatingToken(folder, 'a-token', (_, event) => events.push(event));
  const path = () => join(folder, 'a-token');
  beforeEach(() => {
    events.length = 0;
  });

  test('is made once, for its owner alone', async () => {
    const token = await open();
    expect(`${await token()}\n`).toBe(await readFile(path(), 'utf8'));
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await (await open())()).toBe(await token());
    expect(events).toEqual([]);
  });

  test('is another one as soon as another one is there, which its owner alone may read then', async () => {
    const token = await open();
    await writeFile(path(), 'another-token-of-the-operator\n');
    await chmod(path(), 0o644);
    expect(await token()).toBe('another-token-of-the-operator');
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    await token();
    expect(events).toEqual(['token_reloaded']);
  });

  test('stays the one of before when the file holds none, or has gone', async () => {
    const token = await open();
    const before = await token();
    await writeFile(path(), 'short\n');
    expect(await token()).toBe(before);
    await rm(path());
    expect(await token()).toBe(before);
    expect(await token()).toBe(before);
    expect(events).toEqual(['token_unusable', 'token_unusable']);
    await writeFile(path(), 'another-token-of-the-operator\n');
    expect(await token()).toBe('another-token-of-the-operator');
  });
});

test('a server takes a new metrics token without a restart', async () => {
  await writeFile(join(folder, 'metrics-token'), 'first-token-of-the-operator');
  const options = readServerOptions({ port: '0', data: folder }, {});
  const server = await startServer(options, () => undefined);
  try {
    const status = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`http://localhost:${server.port}/metrics`, { headers })).status;
    };
    const path = join(folder, 'metrics-token');
    const first = (await readFile(path, 'utf8')).trim();
    expect(await status(first)).toBe(200);
    await writeFile(path, 'second-token-of-the-operator');
    expect(await status('second-token-of-the-operator')).toBe(200);
    expect(await status(first)).not.toBe(200);
  } finally {
    await server.close();
  }
});
