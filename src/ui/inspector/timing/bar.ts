import type { Side } from '../steps/timeline.ts';

/** What time is spent on. */
export type Category =
  | 'key generation'
  | 'RSA'
  | 'X25519 and ML-KEM'
  | 'signatures'
  | 'key schedule'
  | 'encryption'
  | 'other checks'
  | 'storage'
  | 'Controller'
  | 'waiting for the other side'
  | 'network'
  | 'between steps';

/** A stretch of time. `start` is milliseconds after the first thing that happened; both have fractions. */
export interface Bar {
  readonly side: Side | 'wire';
  readonly name: string;
  readonly category: Category;
  readonly start: number;
  readonly duration: number;
}
