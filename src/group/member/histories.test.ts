import { beforeAll, describe, expect, inject, it } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { History } from './testing/history.ts';

let world: GroupWorld;

beforeAll(async () => {
  world = await GroupWorld.create();
});

describe('histories of a group', () => {
  const seeds = Array.from({ length: inject('exhaustive') ? 60 : 6 }, (_, seed) => seed);

  it.each(seeds)('end the same for all members: seed %i', { timeout: 600_000 }, async (seed) => {
    const history = await History.begin(world, seed);
    for (let step = 0; step < 30; step++) await history.step();
    const summary = await history.settle();
    // That it is a history at all.
    expect(summary.epochs).toBeGreaterThan(5);
    expect(summary.skipped + summary.conflicts).toBeGreaterThan(0);
    expect(summary.restarts).toBeGreaterThan(5);
  });
});
