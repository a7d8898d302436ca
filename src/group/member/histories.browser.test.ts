import { expect, it } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { History } from './testing/history.ts';

/** The histories of `histories.test.ts` on the cryptography of a browser. */
it('histories end the same for all members in a browser too', { timeout: 300_000 }, async () => {
  const world = await GroupWorld.create();
  let epochs = 0;
  for (const seed of [1, 2]) {
    const history = await History.begin(world, seed);
    for (let step = 0; step < 20; step++) await history.step();
    epochs += (await history.settle()).epochs;
  }
  expect(epochs).toBeGreaterThan(6);
});
