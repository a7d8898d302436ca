import { afterEach, expect, test, vi } from 'vitest';
import { until } from './until.ts';

afterEach(() => vi.restoreAllMocks());

test('what is waited for is given as soon as it is found', async () => {
  let looks = 0;
  expect(await until(() => (++looks === 3 ? 'found' : undefined))).toBe('found');
});

test('a wait in vain ends after a minute, with the reason', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 20_000));
  await expect(until(() => undefined, 'the door had to open')).rejects.toThrow('For 60 s, the door had to open');
  await expect(until(() => ([].length > 0 ? true : undefined))).rejects.toThrow('[].length > 0');
});
