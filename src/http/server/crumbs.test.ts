import { expect, test } from 'vitest';
import { Crumbs } from './crumbs.ts';

function crumbs() {
  let now = 0;
  const waits: number[] = [];
  const made = new Crumbs(
    () => now,
    async (ms) => {
      waits.push(Math.round(ms));
    },
  );
  return {
    send: (address: string | undefined, count: number, bytes = 1, chunks = 1) => {
      const before = waits.length;
      for (let at = 0; at < count; at += 1) void made.pace(address, bytes, chunks);
      return waits.slice(before);
    },
    advance: (ms: number) => {
      now += ms;
    },
  };
}

test('a small body passes at once in parts of one byte, a large one in large parts', () => {
  const { send } = crumbs();
  expect(send('a', 8_192)).toEqual([]);
  expect(send('b', 100_000, 256)).toEqual([]);
});

test('chunks that came together count each', () => {
  expect(crumbs().send('a', 100, 65_536, 256)).toEqual([]);
  expect(crumbs().send('a', 1, 10_000, 10_000)).toEqual([Math.round(((10_000 - 8_192) / 2_048) * 1_000)]);
});

test('beyond that an address waits for its crumbs, and no other does', () => {
  const { send, advance } = crumbs();
  send('a', 8_192);
  expect(send('a', 2_048).at(-1)).toBe(1_000);
  expect(send('b', 100)).toEqual([]);
  advance(1_000);
  expect(send('a', 1)).toEqual([0]);
  advance(60_000);
  expect(send('a', 8_192)).toEqual([]);
  expect(send(undefined, 100_000)).toEqual([]);
});
