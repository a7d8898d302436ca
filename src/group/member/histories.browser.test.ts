import { expect, inject, it } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { History } from './testing/history.ts';

const count = inject('exhaustive') ? 50 : 2;

/** The histories of `histories.test.ts` on the cryptography of a browser. */
it(`${count} histories end the same for all members in a browser too`, { timeout: 1_800_000 }, async () => {
  const world = await GroupWorld.create();
  let epochs = 0;
  // Seeds that the runs in Node do not have.
  for (let seed = 10_001; seed <= 10_000 + count; seed++) {
    try {
      const history = await History.begin(world, seed);
      for (let step = 0; step < 20; step++) await history.step();
      epochs += (await history.settle()).epochs;
    } catch (cause) {
      throw new Error(`The history of seed ${seed} does not hold.`, { cause });
    }
  }
  expect(epochs).toBeGreaterThan(3 * count);
});
