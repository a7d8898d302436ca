import { afterEach, expect, test, vi } from 'vitest';
import { createEventHub } from '../../controller/events.ts';
import { createNoticeHub } from '../../delivery/notice-hub.ts';
import { createMemoryControllerStore } from '../../storage/memory/controller-store.ts';
import { createMemoryDeliveryStore } from '../../storage/memory/delivery-store.ts';
import { openDelivery } from './open-delivery.ts';

const minute = 60_000;
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('what has expired is dropped while the server runs: after a minute, and every hour, also after a failure', async () => {
  vi.useFakeTimers();
  const delivery = createMemoryDeliveryStore();
  const sweep = vi.spyOn(delivery, 'dropExpired').mockRejectedValueOnce(new TypeError('once'));
  const failed = vi.fn();
  const open = openDelivery({
    store: createMemoryControllerStore(),
    delivery,
    notices: createNoticeHub(),
    events: createEventHub(),
    lines: { has: () => false, tell: () => undefined },
    names: () => [],
    random: (length) => new Uint8Array(length),
    ended: new AbortController().signal,
    observer: { delivery: () => undefined, failed },
  });
  const swept: number[] = [];
  for (const minutes of [1, 59, 60, 60]) {
    await vi.advanceTimersByTimeAsync(minutes * minute);
    swept.push(sweep.mock.calls.length);
  }
  expect(swept).toEqual([1, 2, 3, 4]);
  expect(failed).toHaveBeenCalledOnce();
  open.stop();
  await vi.advanceTimersByTimeAsync(180 * minute);
  expect(sweep).toHaveBeenCalledTimes(4);
});
