import { expect, inject, it } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { playJudged } from '../testing/play-judged.ts';

const count = inject('exhaustive') ? 50 : 2;

it(`every member judges every commit the same in ${count} histories in a browser too`, {
  timeout: 1_800_000,
}, async () => {
  const world = await GroupWorld.create();
  const seen = new Set<string>();
  // Seeds that the runs in Node do not have.
  for (let seed = 10_001; seed <= 10_000 + count; seed++) {
    for (const code of await playJudged(world, seed)) seen.add(code);
  }
  expect(seen).toContain('valid');
});
