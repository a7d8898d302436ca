import { beforeAll, expect, inject, it } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { History } from './testing/history.ts';

let world: GroupWorld;

beforeAll(async () => {
  world = await GroupWorld.create();
});

/** The seeds from `first` on; a failure names its own. */
const chunkSize = 6;
const chunks = Array.from({ length: inject('exhaustive') ? 10 : 1 }, (_, chunk) => chunk * chunkSize);

it.each(chunks)(
  'histories end the same for all members: seeds %i and the 5 after it',
  { timeout: 600_000 },
  async (first) => {
    const all = { epochs: 0, skipped: 0, conflicts: 0, rejoins: 0, messages: 0, restarts: 0 };
    for (let seed = first; seed < first + chunkSize; seed++) {
      const summary = await played(seed);
      all.epochs += summary.epochs;
      all.skipped += summary.skipped;
      all.conflicts += summary.conflicts;
      all.rejoins += summary.rejoins;
      all.messages += summary.messages;
      all.restarts += summary.restarts;
    }
    // That they are histories at all.
    expect(all.epochs).toBeGreaterThan(6 * chunkSize);
    expect(all.skipped).toBeGreaterThan(chunkSize);
    expect(all.conflicts).toBeGreaterThan(0);
    expect(all.rejoins).toBeGreaterThan(0);
    expect(all.messages).toBeGreaterThan(2 * chunkSize);
    expect(all.restarts).toBeGreaterThan(10 * chunkSize);
  },
);

async function played(seed: number) {
  try {
    const history = await History.begin(world, seed);
    for (let step = 0; step < 30; step++) await history.step();
    return await history.settle();
  } catch (cause) {
    throw new Error(`The history of seed ${seed} does not hold.`, { cause });
  }
}
