import type { Bytes } from '../bytes.ts';
import type { Kem } from './kem.ts';
import type { Subtle } from './subtle.ts';

/** Everything the protocol room takes from outside. Tests fix it; production has one source of each. */
export interface Environment {
  readonly subtle: Subtle;
  /** ML-KEM-768: the platform's own or the library's; both make the same bytes. */
  readonly kem: Kem;
  /** Fills a new buffer of `length` bytes from the one random source. */
  random(length: number): Bytes;
  /** Milliseconds since 1970, whole. */
  now(): number;
  /** Milliseconds since 1970 on a clock that never goes back, with fractions; for durations and the order of events. */
  monotonic(): number;
}

/** Returns the protocol's time: whole Unix seconds (protocol page, section 1). */
export function unixSeconds(environment: Pick<Environment, 'now'>): number {
  return Math.floor(environment.now() / 1000);
}
