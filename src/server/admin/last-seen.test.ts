import { expect, test } from 'vitest';
import { LastSeen } from './last-seen.ts';

test('one write is under way at a time, and it takes along what was noted meanwhile', async () => {
  const kept = new Map<string, number>();
  const goOn: (() => void)[] = [];
  let now = 1;
  const store = {
    noteSeen: async (agentIds: readonly string[], at: number) => {
      await new Promise<void>((resolve) => goOn.push(resolve));
      for (const agentId of agentIds) kept.set(agentId, at);
    },
    lastSeen: async () => kept,
  };
  const seen = new LastSeen(
    store,
    () => now,
    (error) => {
      throw error;
    },
  );
  seen.note('agent_a');
  const first = seen.write();
  now = 2;
  seen.note('agent_b');
  const second = seen.write();
  expect(goOn).toHaveLength(1);
  goOn.shift()?.();
  await expect.poll(() => goOn.length).toBe(1);
  goOn.shift()?.();
  await Promise.all([first, second]);
  expect(kept).toEqual(
    new Map([
      ['agent_a', 1],
      ['agent_b', 2],
    ]),
  );
  seen.note('agent_a');
  const third = seen.write();
  goOn.shift()?.();
  await third;
  expect(kept.get('agent_a')).toBe(2);
});

test('a write that fails is told, and the next one is tried', async () => {
  const failures: unknown[] = [];
  let tried = 0;
  const store = {
    noteSeen: async () => {
      tried += 1;
      throw new RangeError('full');
    },
    lastSeen: async () => new Map<string, number>(),
  };
  const seen = new LastSeen(
    store,
    () => 1,
    (error) => failures.push(error),
  );
  for (const times of [1, 2]) {
    seen.note('agent_a');
    await seen.write();
    expect([tried, failures.length]).toEqual([times, times]);
  }
});
