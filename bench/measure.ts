import type { RawOperation } from './recorder.ts';

/** One line of the result; times in microseconds. */
export interface Row {
  readonly name: string;
  readonly runtime: string;
  readonly median: number;
  /** The median time of the raw cryptographic operations alone. */
  readonly floor: number;
  /** `median / floor` */
  readonly ratio: number;
}

/** What is measured: the product's work, and the raw operations that it cannot do without. */
export interface Scenario {
  readonly name: string;
  readonly work: () => Promise<unknown>;
  readonly floor: readonly RawOperation[];
}

/** How long to measure: `rounds` rounds, each of at least `roundMs` milliseconds of work and as many runs of the floor. */
export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
}

/**
 * Measures the work and its floor in turns, so that a machine that slows down or speeds up does so for both, and takes
 * the median of each.
 */
export async function measure(scenario: Scenario, runtime: string, { rounds, roundMs }: Effort): Promise<Row> {
  const { name, work } = scenario;
  const floor = async () => {
    for (const operation of scenario.floor) await operation();
  };
  // Warm-up, and how many runs make a round: one run can be shorter than the clock can tell.
  let runs = 1;
  while ((await timed(work, runs)) < roundMs) runs *= 2;
  await timed(floor, runs);
  const workTimes: number[] = [];
  const floorTimes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    workTimes.push((await timed(work, runs)) / runs);
    floorTimes.push((await timed(floor, runs)) / runs);
  }
  const workTime = median(workTimes);
  const floorTime = median(floorTimes);
  return {
    name,
    runtime,
    median: Math.round(1_000 * workTime),
    floor: Math.round(1_000 * floorTime),
    ratio: Math.round((1_000 * workTime) / floorTime) / 1_000,
  };
}

async function timed(work: () => Promise<unknown>, runs: number): Promise<number> {
  const started = performance.now();
  for (let run = 0; run < runs; run++) await work();
  return performance.now() - started;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? 0) + (sorted[(sorted.length - 1) >> 1] ?? 0)) / 2;
}
