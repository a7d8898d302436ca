import { copyFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateTls, type TlsFiles } from './tls-files.ts';
import { loadTls, type TlsNews, TlsWatch } from './tls-watch.ts';

let folder: string;
let first: TlsFiles;
let second: TlsFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
  first = await loadOrCreateTls(join(folder, 'first'), 'localhost');
  second = await loadOrCreateTls(join(folder, 'second'), 'localhost');
});
afterEach(() => rm(folder, { recursive: true }));

function shownBy(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: 'localhost', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a certificate that was replaced is shown from then on; one that cannot be used changes nothing', async () => {
  const loaded = await loadTls(first);
  const server = createServer({ cert: loaded.cert, key: loaded.key });
  const news: TlsNews['kind'][] = [];
  const watch = new TlsWatch(server, first, loaded, ({ kind }) => news.push(kind));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  await watch.look();
  expect([news, await shownBy(port)]).toEqual([[], first.fingerprint]);
  const former = first.fingerprint;

  await copyFile(second.cert, first.cert);
  await watch.look();
  expect([news, await shownBy(port)]).toEqual([['tls_unusable'], former]);
  await copyFile(second.key, first.key);
  await watch.look();
  expect([news.at(-1), await shownBy(port)]).toEqual(['tls_reloaded', second.fingerprint]);

  await writeFile(first.cert, 'half of it');
  await watch.look();
  await rm(first.key);
  await watch.look();
  expect(news.slice(2)).toEqual(['tls_unusable', 'tls_unusable']);
  expect(await shownBy(port)).toBe(second.fingerprint);
  await new Promise((resolve) => server.close(resolve));
});

test('files that could not be used are read again although nothing tells them from before, and told of once', async () => {
  const loaded = await loadTls(first);
  const server = createServer({ cert: loaded.cert, key: loaded.key });
  const news: TlsNews['kind'][] = [];
  const watch = new TlsWatch(server, first, loaded, ({ kind }) => news.push(kind));
  await copyFile(second.key, first.key);
  const { length } = await readFile(second.cert);
  const put = async (bytes: Uint8Array) => {
    await writeFile(first.cert, bytes);
    await utimes(first.cert, 1_790_000_000, 1_790_000_000);
  };
  await put(new Uint8Array(length));
  for (let times = 0; times < 3; times += 1) await watch.look();
  expect(news).toEqual(['tls_unusable']);
  await put(await readFile(second.cert));
  await watch.look();
  expect(news).toEqual(['tls_unusable', 'tls_reloaded']);
  server.emit('close');
});
