import { beforeAll, describe, expect, inject, test } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { playJudged } from '../testing/play-judged.ts';

const seeds = Array.from({ length: inject('exhaustive') ? 100 : 6 }, (_, at) => at + 1);

let world: GroupWorld;
const seen = new Set<string>();

beforeAll(async () => {
  world = await GroupWorld.create();
});

describe('in a random history every member judges every commit the same, and stays in one epoch', () => {
  test.each(seeds)('seed %i', async (seed) => {
    const found = await playJudged(world, seed);
    expect(found.length).toBeGreaterThan(0);
    for (const code of found) seen.add(code);
  });

  test('and they reach what they are for', () => {
    for (const code of ['valid', 'add_not_permitted', 'remove_not_permitted', 'agent_twice', 'credential_purpose']) {
      expect([...seen]).toContain(code);
    }
  });
});
