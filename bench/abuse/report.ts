/** What the honest side does. */
export const deeds = ['request', 'handshake', 'registration', 'directory', 'app'] as const;
export type Deed = (typeof deeds)[number];

/** What the honest side saw: milliseconds of what succeeded, and what did not. */
export interface Report {
  readonly times: Readonly<Record<Deed, readonly number[]>>;
  readonly failures: readonly string[];
}

/** How often slower than without the attack a deed may be. */
const mostRatio = 3;

/** One line of the result. */
export interface Line {
  readonly attack: string;
  readonly deed: Deed;
  readonly calmMs: number;
  readonly attackedMs: number;
  readonly ratio: number;
  readonly count: number;
  readonly failed: number;
  readonly holds: boolean;
}

/** Returns what an attack did to each deed: medians, and whether every one succeeded in at most three times the time. */
export function compare(attack: string, calm: Report, attacked: Report): readonly Line[] {
  return deeds.map((deed) => {
    const [calmMs, attackedMs] = [median(calm.times[deed]), median(attacked.times[deed])];
    const ratio = attackedMs / calmMs;
    const failed = attacked.failures.filter((failure) => failure.startsWith(`${deed}:`)).length;
    const count = attacked.times[deed].length;
    return { attack, deed, calmMs, attackedMs, ratio, count, failed, holds: failed === 0 && ratio <= mostRatio };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
