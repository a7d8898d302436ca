import type { RawOperation } from './recorder.ts';

/** One line of the result; times in microseconds. */
export interface Row {
  readonly name: string;
  readonly runtime: string;
  readonly median: number;
  /** The time of the raw cryptographic operations alone. */
  readonly floor: number;
  /** `median / floor` */
  readonly ratio: number;
}

/** What is measured: the product's work, and the raw operations that it cannot do without. */
export interface Scenario {
  readonly name: string;
  readonly work: () => Promise<unknown>;
  readonly floor: readonly RawOperation[];
  /** What comes before each round and is not measured. */
  readonly prepare?: () => void;
}

/** How long to measure: `rounds` rounds, each of at least `roundMs` milliseconds of work and as many runs of the floor. */
export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
}

/**
 * Measures the work and its floor in turns, so that a machine that slows down or speeds up does so for both. A short round is one that
 * others have left alone, or it is not: the median is that of the quickest half.
 */
export async function measure(scenario: Scenario, runtime: string, { rounds, roundMs }: Effort): Promise<Row> {
  const { name, work, prepare } = scenario;
  const floor = async () => {
    for (const operation of scenario.floor) await operation();
  };
  // Warm-up, and how many runs make a round: one run can be shorter than the clock can tell.
  let runs = 1;
  for (;;) {
    prepare?.();
    const took = await timed(work, runs);
    await timed(floor, runs);
    if (took >= roundMs) break;
    runs *= 2;
  }
  const workTimes: number[] = [];
  const floorTimes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    prepare?.();
    workTimes.push((await timed(work, runs)) / runs);
    floorTimes.push((await timed(floor, runs)) / runs);
  }
  const workTime = undisturbed(workTimes);
  const floorTime = undisturbed(floorTimes);
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

/** Returns the median of the quickest half. */
function undisturbed(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? Number.NaN;
}
