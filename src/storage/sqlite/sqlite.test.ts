import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAuthorityFile } from '../file/authority-file.ts';
import { controllerStoreContract } from '../testing/controller-store-contract.ts';
import { openSqliteControllerStore } from './controller-store.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-'));
});
afterAll(() => rm(folder, { recursive: true }));

const open = (name: string) =>
  openSqliteControllerStore(join(folder, `${name}.db`), openAuthorityFile(join(folder, `${name}.pem`)));

describe('a Controller’s store in SQLite', () => controllerStoreContract(open));

test('two connections to one file see each other, and numbers stay unique', async () => {
  const [first, second] = await Promise.all([open('shared'), open('shared')]);
  const numbers = await Promise.all([first, second, first, second].map((store) => store.nextListNumber()));
  expect(numbers.toSorted()).toEqual([1, 2, 3, 4]);
  first.close();
  second.close();
});

test('the file of the CA is for its owner alone, and is refused when others may read it', async () => {
  const path = join(folder, 'ca.pem');
  const authority = openAuthorityFile(path);
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  await authority.keepAuthority({ signingKey: keys.privateKey, certificate: Uint8Array.of(1) });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  await expect(authority.loadAuthority()).rejects.toThrow(/chmod 600/);
});
