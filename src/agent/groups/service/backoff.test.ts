import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('waits twice as long after each failure, between half a wait and all of it, up to a minute', () => {
  for (const [chance, share] of [
    [0, 0.5],
    [0.999_999, 1],
  ] as const) {
    const backoff = new Backoff(() => chance);
    const waits = Array.from({ length: 10 }, () => Math.round(backoff.after({ retryAfter: undefined })));
    const whole = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000];
    expect(waits).toEqual(whole.map((ms) => ms * share));
    backoff.succeeded();
    expect(Math.round(backoff.after({ retryAfter: undefined }))).toBe(500 * share);
  }
});

test('never comes back before it was asked to, nor later than five minutes and a quarter', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.nat(1_000_000),
      fc.nat(9),
      (chance, retryAfter, failed) => {
        const backoff = new Backoff(() => chance);
        for (let i = 0; i < failed; i++) backoff.after({ retryAfter: undefined });
        const wait = backoff.after({ retryAfter });
        expect(wait).toBeGreaterThanOrEqual(Math.min(300_000, Math.max(250, 1_000 * retryAfter)));
        expect(wait).toBeLessThanOrEqual(375_000);
      },
    ),
  );
});
