import { expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import { createMemoryAgentStore } from '../storage/memory/agent-store.ts';
import type { AgentStore } from './contracts/ports.ts';
import { addresses, names } from './testing/pair.ts';
import { TestWorld } from './testing/world.ts';

/** A store whose call of a number fails, once; `calls` counts them. */
function failingAt(disk: AgentStore, number: number) {
  const counted = { calls: 0 };
  const store = new Proxy(disk, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (...given: unknown[]): unknown => {
        counted.calls += 1;
        if (counted.calls === number) return Promise.reject(new ParleyError('storage_failed', 'It broke.'));
        return Reflect.apply(call, target, given);
      };
    },
  });
  return { store, counted };
}

test('a start that fails, wherever it does, leaves nothing at work, and the next one succeeds', async () => {
  const world = await TestWorld.create();
  const disk = createMemoryAgentStore();
  // Made once: the keys take most of the time.
  const first = await world.open(names.helper, addresses.helper, { store: disk });
  await first.agent.stop();
  expect(world.clock.waiting).toBe(0);
  const failed: number[] = [];
  for (let number = 1; ; number++) {
    const { store, counted } = failingAt(disk, number);
    const { agent } = await world.open(names.helper, addresses.helper, { store });
    const { phase } = agent.snapshot().phase;
    if (phase === 'failed') {
      failed.push(number);
      expect([number, world.clock.waiting]).toEqual([number, 0]);
      await expect(agent.connect(names.traveller)).rejects.toMatchObject({ code: 'storage_failed' });
      await agent.start();
      expect(agent.snapshot().phase.phase).toBe('ready');
    }
    await agent.stop();
    expect([number, world.clock.waiting]).toEqual([number, 0]);
    if (counted.calls < number) break;
  }
  expect(failed.length).toBeGreaterThan(8);
}, 60_000);

test('a Controller that fails at any call of a start leaves nothing at work', async () => {
  const world = await TestWorld.create();
  const disk = createMemoryAgentStore();
  await (await world.open(names.helper, addresses.helper, { store: disk })).agent.stop();
  for (let number = 1; number <= 6; number++) {
    let calls = 0;
    world.tamper = async (request, next) => {
      calls += 1;
      if (calls === number) throw new ParleyError('peer_unreachable', 'Lost.');
      return next(request);
    };
    const { agent } = await world.open(names.helper, addresses.helper, { store: disk });
    if (agent.snapshot().phase.phase === 'failed') expect([number, world.clock.waiting]).toEqual([number, 0]);
    await agent.stop();
    expect([number, world.clock.waiting]).toEqual([number, 0]);
  }
});
