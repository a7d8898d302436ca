import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nkeys } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectToNats, type NatsOptions } from './connect.ts';
import { hasNats, type NatsServer, startNats } from './testing/nats-server.ts';

describe.runIf(hasNats)('a connection to NATS', () => {
  let folder = '';
  let cert = '';
  let key = '';
  const ending: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-connect-'));
    [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=parley', '-days', '2', '-nodes'];
    const use = ['subjectAltName=DNS:localhost', 'extendedKeyUsage=serverAuth,clientAuth'];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', key, '-out', cert],
      ...subject,
      ...use.flatMap((extension) => ['-addext', extension]),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
  });

  async function start(lines?: string): Promise<NatsServer> {
    const nats = await startNats(lines);
    ending.push(() => nats.end());
    return nats;
  }
  async function opens(options: NatsOptions): Promise<void> {
    const connection = await connectToNats(options);
    await connection.flush();
    await connection.close();
  }
  async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes, { mode: 0o600 });
    return path;
  }
  const refusal = async (options: NatsOptions) => {
    const error = await connectToNats(options).then(
      () => expect.fail('connected'),
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code: expect.stringMatching(/^(storage_failed|invalid_input)$/) });
    return error instanceof Error ? error.message : '';
  };

  test('says that nobody answers, or that no host has this name, without the password', async () => {
    const nobody = await refusal({ urls: 'nats://parley:hunter2@127.0.0.1:1' });
    expect(nobody).toMatch(/NATS does not answer at the address/);
    const unknown = await refusal({ urls: 'nats://parley:hunter2@nats.invalid:4222' });
    expect(unknown).toMatch(/host in --nats \(NATS_URL\) is not known/);
    expect(nobody + unknown).not.toMatch(/hunter2/);
  });

  test('takes a user and a password, and says when they are refused', async () => {
    const { url } = await start('authorization { user: parley, password: "right one" }');
    const at = (credentials: string) => url.replace('://', `://${credentials}@`);
    await opens({ urls: at('parley:right%20one') });
    for (const urls of [at('parley:hunter2'), at('hunter2'), url]) {
      const sentence = await refusal({ urls });
      expect(sentence).toMatch(/NATS refuses these credentials/);
      expect(sentence).not.toMatch(/hunter2/);
    }
  });

  test('takes the seed of an nkey from a file, and says when it is refused or not there', async () => {
    const user = nkeys.createUser();
    const { url } = await start(`authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`);
    const seed = new TextDecoder().decode(user.getSeed());
    await opens({ urls: url, nkey: await fileOf('right.nk', new TextEncoder().encode(`${seed}\n`)) });
    const other = await fileOf('other.nk', nkeys.createUser().getSeed());
    expect(await refusal({ urls: url, nkey: other })).toMatch(/NATS refuses these credentials/);
    expect(await refusal({ urls: url, creds: join(folder, 'none.creds') })).toMatch(
      /--nats-creds \(NATS_CREDS\) is .*none\.creds.*cannot be used/,
    );
    const nonsense = await fileOf('nonsense.creds', new TextEncoder().encode('no credentials'));
    expect(await refusal({ urls: url, creds: nonsense })).toMatch(
      /--nats-creds.*nonsense\.creds.*holds no credentials/,
    );
  });

  test('shows the credentials that its file holds when the line comes back, and those of before when it holds none', async () => {
    const [first, second] = [nkeys.createUser(), nkeys.createUser()];
    const only = (user: typeof first) => `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`;
    const nats = await start(only(first));
    const nkey = await fileOf('renewed.nk', first.getSeed());
    const connection = await connectToNats({ urls: nats.url, nkey });
    ending.push(() => connection.close());
    await fileOf('renewed.nk', new TextEncoder().encode('half writ'));
    await nats.again();
    await vi.waitFor(() => connection.flush(), { timeout: 30_000, interval: 200 });
    await fileOf('renewed.nk', second.getSeed());
    await nats.again({ more: only(second) });
    await vi.waitFor(() => connection.flush(), { timeout: 30_000, interval: 200 });
  });

  test('shows a client certificate, checks that of NATS, and says when TLS fails', async () => {
    const tls = `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${cert}", verify: true }`;
    const url = (await start(tls)).url.replace('127.0.0.1', 'localhost');
    const urls = url.replace('nats:', 'tls:');
    await opens({ urls, tls: { ca: cert, cert, key } });
    await opens({ urls: url, tls: { ca: cert, cert, key } });
    expect(await refusal({ urls, tls: { ca: cert } })).toMatch(/TLS connection to NATS failed/);
    expect(await refusal({ urls })).toMatch(/TLS connection to NATS failed/);
    const plain = await start();
    expect(await refusal({ urls: plain.url.replace('nats:', 'tls:') })).toMatch(/TLS connection to NATS failed/);
  });
});
