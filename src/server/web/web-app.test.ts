import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compressFolder } from '../../../scripts/compress-folder.mjs';
import { startTestServer, type TestServer } from '../testing/server.ts';

const script = 'export const words = "the same words again and again";\n'.repeat(400);
const page = '<!doctype html><title>Parley</title>';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-app-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'assets', 'app-1a2b.js'), script);
  await writeFile(join(folder, 'assets', 'app-1a2b.js.map'), script);
  await compressFolder(folder);
  server = await startTestServer(['--app', folder]);
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(server.url + path, { headers: { 'accept-encoding': 'identity', ...headers } });

describe('a file of the app', () => {
  test.each([
    ['br', '.br', brotliDecompressSync],
    ['gzip', '.gz', gunzipSync],
  ] as const)('is sent as it was packed when the app was built: %s', async (encoding, ending, unpack) => {
    const packed = await readFile(join(folder, 'assets', `app-1a2b.js${ending}`));
    expect(unpack(packed).toString()).toBe(script);
    const answer = await get('/assets/app-1a2b.js', { 'accept-encoding': `${encoding}, identity` });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('content-length')).toBe(String(packed.length));
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i);
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(await answer.text()).toBe(script);
  });

  test('is sent plain to whoever takes nothing else, and where nothing is packed', async () => {
    expect((await get('/assets/app-1a2b.js')).headers.get('content-encoding')).toBeNull();
    const map = await get('/assets/app-1a2b.js.map', { 'accept-encoding': 'br, gzip' });
    expect(map.headers.get('content-encoding')).toBeNull();
    expect(map.headers.get('content-length')).toBe(String(script.length));
  });

  test('is kept for good when its name has its content, and else asked for again', async () => {
    expect((await get('/assets/app-1a2b.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
  });

  test('is not sent again to whoever has it, in each form', async () => {
    const tags = new Set<string>();
    for (const encoding of ['br', 'gzip', 'identity']) {
      const headers = { 'accept-encoding': encoding };
      const etag = (await get('/assets/app-1a2b.js', headers)).headers.get('etag') ?? '';
      tags.add(etag);
      const again = await get('/assets/app-1a2b.js', { ...headers, 'if-none-match': `"other", W/${etag}` });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
      const other = await get('/assets/app-1a2b.js', { ...headers, 'if-none-match': '"other"' });
      expect(other.status).toBe(200);
      await other.body?.cancel();
    }
    expect(tags.size).toBe(3);
  });

  test('is not there under the name of its packed form, nor outside the folder', async () => {
    for (const path of ['/assets/app-1a2b.js.br', '/assets/%2e%2e/%2e%2e/etc/passwd', '/assets/nowhere.js']) {
      expect((await get(path)).status).toBe(404);
    }
  });
});

describe('an address', () => {
  test.each(['/', '/both', '/lab/replay', '/admin', '/trace', '/agent/helper_agent_001/audit'])(
    'of a page has the page: %s',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, await answer.text()]).toEqual([200, page]);
    },
  );

  test.each([
    '/health',
    '/status',
    '/admin/users',
    '/api',
    '/live',
    '/ready',
    '/healthz/',
    '/agent',
    '/wp-login.php',
    '/relay/x',
  ])('that leads nowhere gets 404, in a browser with the page that says so: %s', async (path) => {
    expect((await get(path)).status).toBe(404);
    const inBrowser = await get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(inBrowser.status).toBe(404);
    expect(inBrowser.headers.get('cache-control')).toBe('no-store');
    expect(await inBrowser.text()).toBe(page);
  });

  test('of the version says which Parley this is, and the metrics say it too', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    const answer = await get('/version');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual({ version, protocol: 'parley/1' });
    expect(await server.metrics()).toContain(`parley_build_info{version="${version}",node="${process.version}"} 1`);
  });
});

test('one address gets so many files a second', async () => {
  const strict = await startTestServer(['--app', folder, '--rate-limit', '5']);
  // More than it may have in ten seconds.
  const asked = Array.from({ length: 60 }, () => fetch(`${strict.url}/assets/app-1a2b.js`));
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses).toContain(429);
  await strict.end();
});
