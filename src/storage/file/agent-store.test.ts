import { chmod, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredIdentity } from '../../agent/ports.ts';
import { agentStoreContract } from '../testing/agent-store-contract.ts';
import { openFileAgentStore } from './agent-store.ts';

let root = '';
let folder = '';
let count = 0;
let identity: StoredIdentity;

async function makeKeys(extractable: boolean): Promise<Pick<StoredIdentity, 'signing' | 'encryption'>> {
  const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  return {
    signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, extractable, ['sign', 'verify']),
    encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, extractable, ['encrypt', 'decrypt']),
  };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-agent-'));
  const facts = { agentId: 'helper_agent_001', address: 'https://localhost:5001', createdAt: 7 };
  identity = { ...facts, ...(await makeKeys(true)) };
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  folder = join(root, `agent-${++count}`);
});

describe('an agent’s store in files', () => agentStoreContract((name) => openFileAgentStore(join(root, name)), true));

/** Opens the store, saves a new identity and closes it again. */
async function saved(passphrase?: string): Promise<void> {
  const store = await openFileAgentStore(folder, passphrase === undefined ? {} : { passphrase });
  await store.saveIdentity(identity);
  store.close();
}

async function load(passphrase?: string) {
  const store = await openFileAgentStore(folder, passphrase === undefined ? {} : { passphrase });
  try {
    return await store.loadIdentity();
  } finally {
    store.close();
  }
}

test('keys in the clear are in a file for its owner alone, and nowhere else', async () => {
  await saved();
  expect((await stat(join(folder, 'keys.pem'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await load())?.signing.privateKey.extractable).toBe(false);
  await chmod(join(folder, 'keys.pem'), 0o640);
  await expect(load()).rejects.toThrow(/chmod 600/);
});

test('keys under a passphrase open with it alone, and are not on the disk in the clear', async () => {
  await saved('correct horse battery');
  expect(await readdir(folder)).not.toContain('keys.pem');
  const secret = Buffer.from(await crypto.subtle.exportKey('pkcs8', identity.signing.privateKey)).toString('base64');
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name), 'latin1');
    expect(content).not.toContain('PRIVATE KEY');
    expect(content).not.toContain(secret.slice(40, 100));
  }
  expect(await load('correct horse battery')).toMatchObject({ agentId: 'helper_agent_001' });
  await expect(load('wrong horse')).rejects.toThrow(/passphrase is not that of these keys/);
  await expect(load()).rejects.toThrow(/Give their passphrase/);
});

test('a passphrase for keys in the clear, and keys that are gone, are said plainly', async () => {
  await saved();
  await expect(load('unneeded')).rejects.toThrow(/Leave it out/);
  await rename(join(folder, 'keys.pem'), join(folder, 'elsewhere.pem'));
  await expect(load()).rejects.toThrow(/is not there/);
});

test('other keys never replace the ones in the file', async () => {
  await saved();
  const store = await openFileAgentStore(folder);
  await expect(store.saveIdentity({ ...identity, ...(await makeKeys(false)) })).rejects.toThrow(/Nothing was changed/);
  store.close();
});

test('one at a time has the agent open', async () => {
  const first = await openFileAgentStore(folder);
  await expect(openFileAgentStore(folder)).rejects.toThrow(/agent_in_use/);
  first.close();
  (await openFileAgentStore(folder)).close();
});

test('what comes after its end does not open it again', async () => {
  const store = await openFileAgentStore(folder);
  store.close();
  await expect(store.addNonce({ key: 'late', seenAt: 1 })).rejects.toThrow(/closed/);
  (await openFileAgentStore(folder)).close();
});
