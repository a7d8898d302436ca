import { type Context, Hono } from 'hono';
import { expect, test } from 'vitest';
import { RecentFiles } from './recent-files.ts';

function served(size = 5) {
  let now = 0;
  let reads = 0;
  const files = new RecentFiles(() => now);
  const send = async (c: Context) => {
    reads += 1;
    const body = `${c.req.path} ${reads}`.padEnd(size);
    return c.body(body, 200, { 'content-length': String(body.length), 'last-modified': 'today' });
  };
  const app = new Hono();
  app.get('/page/*', files.before(send, 'index.html'));
  app.get('*', files.before(send));
  const get = async (path: string, headers: Record<string, string> = {}) =>
    (await app.request(path, { headers })).text().then((text) => text.trim());
  return {
    get,
    reads: () => reads,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

test('a file that is asked for again within a second is read once, and then as it is now', async () => {
  const { get, wait } = served();
  expect(await get('/a')).toBe('/a 1');
  wait(999);
  expect(await get('/a')).toBe('/a 1');
  wait(1);
  expect(await get('/a')).toBe('/a 2');
});

test('each form of a file is another, and what decides nothing of it is none', async () => {
  const { get, reads } = served();
  await get('/a');
  await get('/a', { 'accept-encoding': 'br, gzip' });
  await get('/a', { 'accept-encoding': 'gzip' });
  expect(reads()).toBe(3);
  await get('/a?query', { 'accept-encoding': 'deflate' });
  expect(reads()).toBe(3);
});

test('one file at many paths is read once', async () => {
  const { get, reads } = served();
  for (let at = 0; at < 50; at += 1) expect(await get(`/page/${at}`)).toBe('/page/0 1');
  expect(reads()).toBe(1);
});

test('a part of a file, and a large one, are read each time', async () => {
  const small = served();
  await small.get('/a', { range: 'bytes=0-1' });
  await small.get('/a', { range: 'bytes=0-1' });
  expect(small.reads()).toBe(2);
  const large = served(512 * 1024 + 1);
  await large.get('/a');
  await large.get('/a');
  expect(large.reads()).toBe(2);
});

test('no more is kept than there is memory for: what was read first goes first', async () => {
  const { get, reads } = served(512 * 1024);
  for (let at = 0; at < 33; at += 1) await get(`/${at}`);
  expect(await get('/32')).toBe('/32 33');
  expect(reads()).toBe(33);
  expect(await get('/0')).toBe('/0 34');
});
