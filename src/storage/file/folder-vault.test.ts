import { link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FileAgentStore, openFileAgentStore } from './agent-store.ts';

const id = '1a'.repeat(16);
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
let folder = '';
let store: FileAgentStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-vault-'));
  store = await openFileAgentStore(join(folder, 'agent'), { files: join(folder, 'in') });
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

const textOf = (name: string) => readFile(join(folder, 'in', name), 'utf8');

async function come(text: string, name: string): Promise<string> {
  const { vault } = store.files;
  await vault.write(id, 0, [new TextEncoder().encode(text)]);
  await vault.flush(id);
  return vault.keep(id, name);
}

test('a file is a part until it is whole, for its owner alone, and gets its name then', async () => {
  const { vault } = store.files;
  await vault.write(id, 0, [filled(5, 65)]);
  expect(await readdir(join(folder, 'in'))).toEqual([`${id}.part`]);
  expect((await stat(join(folder, 'in', `${id}.part`))).mode & 0o777).toBe(0o600);
  expect(await vault.keep(id, 'a.txt')).toBe(join(folder, 'in', 'a.txt'));
  expect(await readdir(join(folder, 'in'))).toEqual(['a.txt']);
});

test('nothing is overwritten: names that are taken get numbers', async () => {
  await come('first', 'a.tar.gz');
  await come('second', 'a.tar.gz');
  await come('third', 'a.tar.gz');
  await come('plain', 'a');
  await come('again', 'a');
  expect((await readdir(join(folder, 'in'))).sort()).toEqual([
    'a',
    'a (2)',
    'a.tar (2).gz',
    'a.tar (3).gz',
    'a.tar.gz',
  ]);
  expect([await textOf('a.tar.gz'), await textOf('a.tar (2).gz'), await textOf('a (2)')]).toEqual([
    'first',
    'second',
    'again',
  ]);
});

test('a run that ended between the two steps of naming leaves one file', async () => {
  const { vault } = store.files;
  await vault.write(id, 0, [filled(3, 65)]);
  await vault.flush(id);
  await link(join(folder, 'in', `${id}.part`), join(folder, 'in', 'a.txt'));
  expect(await vault.keep(id, 'a.txt')).toBe(join(folder, 'in', 'a.txt'));
  expect(await readdir(join(folder, 'in'))).toEqual(['a.txt']);
});

test('parts are found again after a restart, and those of others are left alone', async () => {
  await store.files.vault.write(id, 0, [filled(7, 1)]);
  await store.files.vault.flush(id);
  await writeFile(join(folder, 'in', `${'2b'.repeat(16)}.part`), 'of another agent');
  store.close();
  store = await openFileAgentStore(join(folder, 'agent'), { files: join(folder, 'elsewhere') });
  const { vault } = store.files;
  expect([await vault.list(), await vault.size(id)]).toEqual([[id], 7]);
  expect(await vault.keep(id, 'b')).toBe(join(folder, 'in', 'b'));
});

test('a folder that the owner named keeps whole files when the agent is erased; one of the agent goes with it', async () => {
  const place = await come('mine', 'a.txt');
  await store.files.vault.write(id, 0, [filled(7, 1)]);
  await store.files.vault.drop('2b'.repeat(16), place);
  await store.erase();
  expect(await readdir(join(folder, 'in'))).toEqual(['a.txt']);
  store.close();
  store = await openFileAgentStore(join(folder, 'agent'));
  const own = await come('theirs', 'b.txt');
  await store.files.vault.drop(id, own);
  await expect(stat(own)).rejects.toMatchObject({ code: 'ENOENT' });
  await come('theirs', 'b.txt');
  await store.erase();
  await expect(stat(own)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an offered file that has changed or is gone is not the one that was offered', async () => {
  const { sources } = store.files;
  const path = join(folder, 'offered.txt');
  await writeFile(path, 'as it was');
  const given = { name: 'offered.txt', mediaType: 'text/plain', blob: new Blob(['as it was']), path };
  await sources.keep(id, given);
  store.close();
  store = await openFileAgentStore(join(folder, 'agent'));
  expect(await (await store.files.sources.open(id))?.text()).toBe('as it was');
  await writeFile(path, 'as it is now');
  expect(await store.files.sources.open(id)).toBe(undefined);
  await rm(path);
  expect(await store.files.sources.open(id)).toBe(undefined);
});
