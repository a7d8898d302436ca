import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type RequestInfo, type SendOptions, streamed } from './node.ts';
import { counting, host, material, type TwoAgents, twoAgents } from './testing/two-agents.ts';

const patience = { timeout: 60_000, interval: 20 };
const large = 3 * 1024 * 1024 + 77;
let agents: TwoAgents;
beforeAll(async () => {
  agents = await twoAgents();
}, 120_000);
afterAll(() => agents?.end());

describe('a request brings', () => {
  const bytes = material(large);
  const read = async (_: Json, { body }: RequestInfo) => {
    const taken = await body?.bytes();
    const same = taken === undefined ? null : Buffer.compare(taken, bytes.subarray(0, taken.length)) === 0;
    return { type: body?.mediaType ?? null, name: body?.name ?? null, length: taken?.length ?? null, same };
  };
  test.each<[string, () => NonNullable<SendOptions['body']>, string, string | null, number]>([
    ['bytes', () => bytes.slice(0, 5_000), 'application/octet-stream', null, 5_000],
    ['no bytes', () => new Uint8Array(0), 'application/octet-stream', null, 0],
    ['many bytes', () => bytes, 'application/octet-stream', null, large],
    ['a Blob', () => new Blob([bytes], { type: 'image/png' }), 'image/png', null, large],
    ['a File', () => new File([bytes], 'map.png', { type: 'image/png' }), 'image/png', 'map.png', large],
    ['a ReadableStream', () => new Blob([bytes]).stream(), 'application/octet-stream', null, large],
    ['a stream with words', () => streamed(bytes, { name: 'a.bin', mediaType: 'x/y' }), 'x/y', 'a.bin', large],
  ])('%s, which its handler reads', async (_, give, type, name, length) => {
    agents.hosting.handle('take', read);
    expect(await agents.guest.send(host, 'take', null, { body: give() })).toEqual({ type, name, length, same: true });
    expect(await agents.guest.stream(host, 'take', null, { body: give() }).json()).toMatchObject({
      length,
      same: true,
    });
  });

  test('a stream that was read before, or no bytes at all: refused before anything is sent', async () => {
    agents.hosting.handle('take', read);
    const locked = new Blob([bytes]).stream();
    locked.getReader();
    for (const body of [locked, 'text', 5, { a: 1 }]) {
      const options: SendOptions = JSON.parse('{"body":0}', (key, value) => (key === 'body' ? body : value));
      await expect(agents.guest.send(host, 'take', null, options)).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  test('a stream whose making stops when the request is refused', async () => {
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      cancel: (why) => {
        reason = why;
      },
    });
    const parameters = JSON.parse('{"a":1}', (key, value) => (key === 'a' ? 1n : value));
    await expect(agents.guest.send(host, 'take', parameters, { body })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(reason).toMatchObject({ code: 'invalid_input' });
  });
});

describe('saving', () => {
  test('writes the file when everything has come', async () => {
    const bytes = material(large);
    agents.hosting.handle('film', () => bytes);
    const path = join(agents.folder, 'film.bin');
    await writeFile(path, 'an older one');
    await agents.guest.stream(host, 'film').save(path);
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  });

  test('leaves what was there, and nothing else, when it does not come whole', async () => {
    const place = await mkdtemp(join(agents.folder, 'saved-'));
    const path = join(place, 'film.bin');
    await writeFile(path, 'an older one');
    agents.hosting.handle('half', async function* () {
      yield 'half';
      throw new TypeError('No more.');
    });
    await expect(agents.guest.stream(host, 'half').save(path)).rejects.toMatchObject({ code: 'stream_failed' });
    expect([await readdir(place), await readFile(path, 'utf8')]).toEqual([['film.bin'], 'an older one']);
  });

  test('to no path, a folder or a place that is not there is refused, and cancelled at the peer', async () => {
    const { told, count } = counting();
    agents.hosting.handle('count', count);
    await expect(agents.guest.stream(host, 'count').save()).rejects.toMatchObject({ code: 'invalid_input' });
    await expect.poll(() => told.isOver, patience).toBe(true);
    await expect(agents.guest.stream(host, 'count').save(agents.folder)).rejects.toMatchObject({
      code: 'storage_failed',
      detail: expect.stringContaining(agents.folder),
    });
    const nowhere = join(agents.folder, 'nowhere', 'a.bin');
    await expect(agents.guest.stream(host, 'count').save(nowhere)).rejects.toMatchObject({
      code: 'storage_failed',
      detail: expect.stringContaining(nowhere),
    });
  });
});
