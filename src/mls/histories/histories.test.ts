import { expect, inject, it } from 'vitest';
import { playHistory } from '../testing/history/history.ts';

/** The seeds from `first` on; a failure names its own. */
const chunkSize = 20;
const chunks = Array.from({ length: inject('exhaustive') ? 100 : 5 }, (_, chunk) => chunk * chunkSize);

it.each(chunks)('holds in the histories of seed %i and the 19 after it', { timeout: 600_000 }, async (first) => {
  const all = { epochs: 0, mostMembers: 0, joins: 0, messages: 0 };
  for (let seed = first; seed < first + chunkSize; seed++) {
    const { epochs, mostMembers, joins, messages } = await playHistory(seed);
    all.epochs += epochs;
    all.mostMembers = Math.max(all.mostMembers, mostMembers);
    all.joins += joins;
    all.messages += messages;
  }
  // That they are histories at all.
  expect(all.epochs).toBeGreaterThan(4 * chunkSize);
  expect(all.mostMembers).toBeGreaterThan(16);
  expect(all.joins).toBeGreaterThan(5 * chunkSize);
  expect(all.messages).toBeGreaterThan(5 * chunkSize);
});
