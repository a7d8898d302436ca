import type { Chance } from '../../../mls/testing/chance.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import type { TestClock } from '../../testing/clock.ts';
import type { ByteSource } from '../byte-source.ts';
import type { Weather } from './lossy-link.ts';

export const fair: Weather = { lost: 0, unanswered: 0, doubled: 0, late: 0 };
export const foul: Weather = { lost: 12, unanswered: 12, doubled: 20, late: 30 };

/** Sizes about the edges of a block. */
export const sizes = [0, 1, 100, limits.streamPart - 1, limits.streamPart, limits.streamPart + 1, 3_300_000];

/** How often a property is tried. */
export const seeds = Array.from({ length: 12 }, (_, seed) => seed);

/** A stream that is tried. */
export interface Setting {
  readonly seed: number;
  readonly size: number;
  readonly weather?: Weather;
  readonly announced?: number;
  readonly failsAt?: number;
}

/** Bytes that are different everywhere. */
export function material(size: number, seed: number): Bytes {
  const bytes = new Uint8Array(size);
  let state = seed + 1;
  for (let i = 0; i < size; i++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  return bytes;
}

/** A source of these bytes in pieces of any length, some of them after a while. */
export class PiecedSource implements ByteSource {
  cancelled: unknown;
  given = 0;
  readonly #bytes: Bytes;
  readonly #chance: Chance;
  readonly #clock: TestClock;
  readonly #failsAt: number | undefined;

  constructor(bytes: Bytes, chance: Chance, clock: TestClock, failsAt?: number) {
    this.#clock = clock;
    this.#bytes = bytes;
    this.#chance = chance;
    this.#failsAt = failsAt;
  }

  async next(): Promise<Bytes | undefined> {
    if (this.#chance.below(4) === 0) {
      await new Promise<void>((resolve) => {
        this.#clock.after(1 + this.#chance.below(90_000), resolve);
      });
    }
    if (this.#failsAt !== undefined && this.given >= this.#failsAt) throw new TypeError('the application’s own words');
    if (this.given === this.#bytes.length) return undefined;
    const most = [0, 1, 700, 70_000, 3_000_000][this.#chance.below(5)] ?? 1;
    const piece = this.#bytes.subarray(this.given, this.given + most);
    this.given += piece.length;
    return piece;
  }

  async cancel(reason: unknown): Promise<void> {
    this.cancelled = reason;
  }
}

/** Returns `whole`, or the code of what it rejects with. */
export const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'whole',
    (cause: unknown) => (cause instanceof ParleyError ? cause.code : cause),
  );
