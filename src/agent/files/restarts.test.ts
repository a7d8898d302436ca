import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import type { FileView } from '../contracts/file-views.ts';
import { gate } from '../testing/gate.ts';
import { addresses, names, Pair } from '../testing/pair.ts';
import { seenIn } from './testing/seen.ts';

const mebibyte = 1024 * 1024;
const size = 5 * mebibyte + 77;
const bytes: Bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) + (at >> 16)) & 0xff);
const sides = ['traveller', 'helper'] as const;

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.connected();
});
afterEach(() => {
  pair.world.tamper = (request, next) => next(request);
});

const { seenBy, shows, statusOf } = seenIn(() => pair);
const isOver = ({ status }: FileView) => status === 'whole' || status === 'failed';

async function offered(): Promise<string> {
  const given = { name: 'film.bin', mediaType: 'video/mp4', blob: new Blob([bytes]) };
  const { id } = await pair.during(pair.agent('traveller').files.offer(names.helper, given));
  await statusOf('helper', id, 'offered');
  return id;
}

async function expectWhole(id: string): Promise<void> {
  const [here, there] = [await shows('helper', id, isOver), await shows('traveller', id, isOver)];
  expect([here.status, here.error, there.status, here.hash]).toEqual(['whole', undefined, 'whole', there.hash]);
  const found = new Uint8Array(await (await pair.agent('helper').files.open(id)).arrayBuffer());
  expect(found).toEqual(bytes);
  expect(await pair.store('traveller').files.sources.list()).not.toContain(id);
}

/** Numbers from 0 on that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
}

describe('a file comes exactly', () => {
  const seeds = Array.from({ length: inject('exhaustive') ? 24 : 4 }, (_, seed) => seed);
  test.each(seeds)('although either side is restarted again and again (seed %i)', async (seed) => {
    const random = numbers(seed);
    const id = await offered();
    await pair.during(pair.agent('helper').files.accept(id));
    for (let restarts = 0; restarts < 4; restarts++) {
      const from = random(size);
      await shows('helper', id, (file) => isOver(file) || file.moved >= from);
      await pair.during(pair.restart(sides[random(2)] ?? 'helper'));
    }
    await expectWhole(id);
  });

  test.each(seeds)('although requests and answers are lost on the way (seed %i)', async (seed) => {
    const random = numbers(seed);
    const id = await offered();
    pair.world.tamper = async (request, next) => {
      if (!request.url.endsWith('/agent/message') || random(8) > 0) return next(request);
      if (random(2) === 0) await next(request);
      throw new TypeError('lost on the way');
    };
    await pair.during(pair.agent('helper').files.accept(id));
    await expectWhole(id);
  });
});

test('what was stored before a restart is not asked for again', async () => {
  const id = await offered();
  await pair.during(pair.agent('helper').files.accept(id));
  await shows('helper', id, ({ moved }) => moved >= 3 * mebibyte);
  await pair.during(pair.leave('helper'));
  const stored = (await pair.store('helper').files.records.loadFiles()).find((file) => file.id === id);
  expect(stored?.moved).toBeGreaterThanOrEqual(mebibyte);
  const written: number[] = [];
  const { vault } = pair.store('helper').files;
  const { write } = vault;
  Object.assign(vault, {
    write: (of: string, at: number, parts: readonly Bytes[]) => {
      written.push(at);
      return write(of, at, parts);
    },
  });
  await pair.during(pair.comeBack('helper'));
  await expectWhole(id);
  Object.assign(vault, { write });
  expect(Math.min(...written)).toBe(stored?.moved);
});

test('an offer made while the peer is away reaches it when it is back', async () => {
  await pair.during(pair.leave('helper'));
  const given = { name: 'a', mediaType: 'text/plain', blob: new Blob(['hello']) };
  const { id } = await pair.during(pair.agent('traveller').files.offer(names.helper, given));
  await statusOf('traveller', id, 'waiting');
  await pair.during(pair.comeBack('helper'));
  await statusOf('helper', id, 'offered');
  await pair.during(pair.agent('helper').files.decline(id));
  await statusOf('traveller', id, 'declined');
});

test('a decision counts that comes before the answer to the offer, of one that had to wait, too', async () => {
  await pair.during(pair.leave('helper'));
  const given = { name: 'a', mediaType: 'text/plain', blob: new Blob(['hello']) };
  const { id } = await pair.during(pair.agent('traveller').files.offer(names.helper, given));
  await statusOf('traveller', id, 'waiting');
  const decided = gate();
  pair.world.tamper = async (request, next) => {
    const response = await next(request);
    const isOffer = request.url.startsWith(addresses.helper) && request.url.endsWith('/agent/message');
    if (isOffer && seenBy('helper', id) !== undefined) await decided.opened;
    return response;
  };
  await pair.during(pair.comeBack('helper'));
  await statusOf('helper', id, 'offered');
  await pair.agent('helper').files.decline(id);
  await statusOf('traveller', id, 'declined');
  decided.open();
  pair.world.tamper = (request, next) => next(request);
  await pair.pass(1_000);
  expect(seenBy('traveller', id)?.status).toBe('declined');
});

describe.each(sides)('a file that is paused by %s', (who) => {
  test('stays where it is, also over a restart of both, and goes on when it is resumed', async () => {
    const other = who === 'helper' ? 'traveller' : 'helper';
    const id = await offered();
    await pair.during(pair.agent('helper').files.accept(id));
    await shows('helper', id, ({ moved }) => moved >= mebibyte);
    await pair.during(pair.agent(who).files.pause(id));
    await shows(other, id, ({ status, pausedBy }) => status === 'paused' && pausedBy === 'there');
    await pair.during(pair.restart('helper'));
    await pair.during(pair.restart('traveller'));
    const { moved } = (await pair.store('helper').files.records.loadFiles()).find((file) => file.id === id) ?? {};
    await pair.pass(120_000);
    expect(seenBy(who, id)).toMatchObject({ status: 'paused', pausedBy: 'here' });
    expect(seenBy('helper', id)?.moved).toBe(moved);
    await pair.during(pair.agent(who).files.resume(id));
    await expectWhole(id);
  });

  test('can be cancelled: what has come is deleted', async () => {
    const other = who === 'helper' ? 'traveller' : 'helper';
    const id = await offered();
    await pair.during(pair.agent('helper').files.accept(id));
    await shows('helper', id, ({ moved }) => moved >= mebibyte);
    await pair.during(pair.agent(who).files.cancel(id));
    await statusOf(other, id, 'cancelled');
    expect(await pair.store('helper').files.vault.list()).not.toContain(id);
    expect(await pair.store('traveller').files.sources.list()).not.toContain(id);
  });
});
