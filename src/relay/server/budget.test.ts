import { array, assert, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { Budget, type Hold } from './budget.ts';

const megabyte = 1024 * 1024;

/** A budget of 256 MiB whose time the test moves. */
function world() {
  let now = 0;
  const budget = new Budget(256 * megabyte, 10_000, undefined, () => now);
  const hold = (agentId: string, address: string, isHandshake = false) =>
    budget.hold({ agentId, address, isHandshake });
  return {
    budget,
    hold,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

test('large bodies leave room for small ones and for handshakes, small ones for handshakes', () => {
  const { hold } = world();
  const fill = (size: number) => {
    for (let at = 0; ; at += 1) {
      try {
        hold(`agent_${at}`, `10.0.0.${at}`).take(size);
      } catch (error) {
        expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 1 });
        return at;
      }
    }
  };
  expect(fill(megabyte)).toBe(208);
  expect(fill(32 * 1024)).toBe(1_024);
  hold('helper', '10.1.0.1', true).take(32 * 1024);
});

test('one address has a quarter, and one agent half', () => {
  const { hold } = world();
  hold('one', '10.0.0.1').take(24 * megabyte);
  hold('two', '10.0.0.1').take(24 * megabyte);
  expect(() => hold('three', '10.0.0.1').take(24 * megabyte)).toThrow(/rate_limited/);
  for (const address of ['10.0.0.2', '10.0.0.3', '10.0.0.4']) hold('one', address).take(24 * megabyte);
  expect(() => hold('one', '10.0.0.5').take(24 * megabyte)).toThrow(/rate_limited/);
  hold('three', '10.0.0.5').take(24 * megabyte);
});

test('what has stalled makes room for what moves, and what moves never does', () => {
  const { budget, hold, advance } = world();
  const cut: string[] = [];
  const watched = (name: string) => {
    const held = hold(name, '10.0.0.1');
    held.watch(() => cut.push(name));
    held.take(24 * megabyte);
    return held;
  };
  const stalled = watched('stalled');
  const moving = watched('moving');
  advance(900);
  moving.take(1);
  advance(200);
  hold('new', '10.0.0.1').take(24 * megabyte);
  expect(cut).toEqual(['stalled']);
  expect(stalled.bytes).toBe(0);
  expect(() => stalled.take(1)).toThrow(/rate_limited/);
  expect(() => hold('another', '10.0.0.1').take(24 * megabyte)).toThrow(/rate_limited/);
  expect(budget.used).toBe(48 * megabyte + 1);
});

test('what brings too little in a window, or on average, is let go; 100 kB/s are enough', () => {
  const { budget, hold, advance } = world();
  const cut: string[] = [];
  const watched = (name: string) => {
    const held = hold(name, `10.0.0.${name.length}`);
    held.watch(() => cut.push(name));
    return held;
  };
  const honest = watched('honest');
  const burst = watched('burst and then a byte a second');
  const slow = watched('slow');
  burst.take(23 * megabyte);
  for (let second = 1; second <= 120; second += 1) {
    advance(1_000);
    for (const [held, bytes] of [
      [honest, 100_000],
      [burst, 1],
      [slow, 10_000],
    ] as const) {
      try {
        held.take(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'rate_limited' });
      }
    }
    budget.sweep();
  }
  expect(cut).toEqual(['burst and then a byte a second', 'slow']);
});

test('whatever is taken and ended in any order, nothing is left', async () => {
  await assert(
    property(array(tuple(integer({ min: 0, max: 4 }), integer({ min: 0, max: 30 * megabyte }))), (steps) => {
      const { budget, hold } = world();
      const holds: Hold[] = [];
      for (const [who, bytes] of steps) {
        if (who === 0) holds[0]?.end();
        const held = hold(`agent_${who}`, `10.0.0.${who % 2}`, who === 3);
        holds.push(held);
        try {
          held.take(bytes);
          held.atLeast(bytes * 2);
        } catch (error) {
          expect(error).toMatchObject({ code: 'rate_limited' });
        }
      }
      for (const held of holds) held.end();
      expect(budget.used).toBe(0);
    }),
  );
});
