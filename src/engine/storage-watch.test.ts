import { expect, test } from 'vitest';
import type { StorageView } from '../agent/contracts/views.ts';
import { TestClock } from '../agent/testing/clock.ts';
import { type StorageEstimates, StorageWatch } from './storage-watch.ts';

const failure = { code: 'storage_full', title: 'Full', detail: 'Make room.' } as const;

function watch(estimates?: StorageEstimates) {
  const told: StorageView[] = [];
  const clock = new TestClock(0);
  const watched = new StorageWatch(estimates, clock, (storage) => told.push(storage));
  return { told, clock, watched };
}

test('what is used and what has failed are told together, and only when they change', async () => {
  let usage = 10;
  const { told, clock, watched } = watch({
    estimate: async () => ({ usage, quota: 100 }),
    persisted: async () => false,
  });
  await watched.start();
  await watched.start();
  expect(told).toEqual([{ used: 10, quota: 100, isPersistent: false }]);
  usage = 100;
  await watched.heard({ failure });
  expect(told.at(-1)).toEqual({ used: 100, quota: 100, isPersistent: false, failure });
  usage = 50;
  clock.advance(60_000);
  await expect
    .poll(() => watched.view, { timeout: 10_000 })
    .toEqual({ used: 50, quota: 100, isPersistent: false, failure });
  await watched.heard({});
  expect(told.at(-1)).toEqual({ used: 50, quota: 100, isPersistent: false });
});

test('a browser that gives no estimates still has failures told', async () => {
  const { told, watched } = watch();
  await watched.start();
  await watched.heard({ failure });
  expect(told).toEqual([{ failure }]);
});

test('what has failed for an agent that goes is not shown of the next one', async () => {
  const { told, watched } = watch();
  await watched.start();
  await watched.heard({ failure });
  watched.stop();
  expect([watched.view, told.at(-1)]).toEqual([{}, {}]);
});

test('nothing is looked at after the end', async () => {
  let looks = 0;
  const { clock, watched } = watch({ estimate: async () => ({ usage: ++looks }), persisted: async () => true });
  await watched.start();
  watched.stop();
  clock.advance(120_000);
  expect(looks).toBe(1);
});
