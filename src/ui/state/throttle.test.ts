import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Something that is done at once, and how often it was. */
function counted() {
  const done = { times: 0 };
  const act = async () => {
    done.times += 1;
  };
  return { done, act };
}

test('what is called for without a rest is done all the same, once in each while, and after the last call', async () => {
  const { done, act } = counted();
  const throttle = new Throttle(act, 300);
  for (let ms = 0; ms < 3_000; ms += 100) {
    throttle.call();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(done.times).toBe(10);
  throttle.call();
  await vi.advanceTimersByTimeAsync(300);
  expect(done.times).toBe(11);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done.times).toBe(11);
});

test('a call while it is at work is answered once more, after the work', async () => {
  const works: (() => void)[] = [];
  const throttle = new Throttle(() => new Promise((resolve) => works.push(resolve)), 300);
  throttle.call();
  await vi.advanceTimersByTimeAsync(300);
  throttle.call();
  throttle.call();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(works).toHaveLength(1);
  works[0]?.();
  await vi.advanceTimersByTimeAsync(300);
  expect(works).toHaveLength(2);
});

test('once it is stopped nothing is done', async () => {
  const { done, act } = counted();
  const throttle = new Throttle(act, 300);
  throttle.call();
  throttle.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done.times).toBe(0);
});
