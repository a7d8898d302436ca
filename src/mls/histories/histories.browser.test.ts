import { expect, inject, it } from 'vitest';
import { playHistory } from '../testing/history/history.ts';

const count = inject('exhaustive') ? 50 : 3;

it(`holds in ${count} histories in this browser`, { timeout: 600_000 }, async () => {
  // Seeds that the runs in Node do not have; one in ten is a big group, none of those in the sample.
  for (let seed = 10_001; seed <= 10_000 + count; seed++) expect((await playHistory(seed)).epochs).toBeGreaterThan(3);
});
