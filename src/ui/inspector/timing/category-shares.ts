import type { Bar, Category } from './bar.ts';

/** What one side's bars are: what it did, when it could only wait, and what was on the way meanwhile. */
export interface Spending {
  readonly work: readonly Bar[];
  readonly waits: readonly Bar[];
  readonly wire: readonly Bar[];
}

/** Time by category, largest first. */
export type CategoryShares = readonly (readonly [category: Category, ms: number])[];

/**
 * Returns what the time from `from` to `until` (milliseconds) was spent on. Each moment counts once, so the shares
 * add up to the whole whatever overlaps: it belongs to the innermost work, else to the network or to waiting, else to
 * `between steps`.
 */
export function sharesOf({ work, waits, wire }: Spending, from: number, until: number): CategoryShares {
  const edges = [...work, ...waits, ...wire]
    .flatMap(({ start, duration }) => [start, start + duration])
    .filter((at) => at > from && at < until);
  const moments = [...new Set([from, ...edges, until])].sort((a, b) => a - b);
  const workAt = during(work);
  const waitAt = during(waits);
  const wireAt = during(wire);
  const shares = new Map<Category, number>();
  for (const [i, start] of moments.entries()) {
    const length = (moments[i + 1] ?? start) - start;
    const [working, waiting, travelling] = [workAt(start), waitAt(start), wireAt(start)];
    const category = working?.category ?? (waiting && (travelling ?? waiting).category) ?? 'between steps';
    shares.set(category, (shares.get(category) ?? 0) + length);
  }
  return [...shares].filter(([, ms]) => ms > 0).sort(([, a], [, b]) => b - a);
}

/** Gives the bar that began last of those under way at a moment; it must be asked in the order of time. */
function during(bars: readonly Bar[]): (at: number) => Bar | undefined {
  const coming = [...bars].sort((a, b) => a.start - b.start || b.duration - a.duration);
  let next = 0;
  let open: Bar[] = [];
  return (at) => {
    for (let bar = coming[next]; bar !== undefined && bar.start <= at; bar = coming[next]) {
      open.push(bar);
      next += 1;
    }
    open = open.filter(({ start, duration }) => start + duration > at);
    return open.at(-1);
  };
}
