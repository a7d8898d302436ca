import { countsOf, type RecordedOperations } from '../../src/mls/testing/suite-recorder.ts';
import { measured, operations } from './contender.ts';
import { type WorkOfParley, workOfParley } from './parley.ts';
import { workOfTsMls } from './ts-mls.ts';

/** One line of the result; times in milliseconds. */
export interface MlsRow {
  readonly runtime: string;
  readonly members: number;
  readonly operation: string;
  readonly ours: number;
  /** The same raw operations alone, with the same arguments, one after another. */
  readonly raw: number;
  /** The same, those of a kind at the same time: what could at most be gained from several cores. */
  readonly together: number;
  /** Of ts-mls; absent for sizes at which it takes minutes. */
  readonly theirs?: number | undefined;
  /** How many of each raw operation it takes. */
  readonly counts: Readonly<Record<string, number>>;
}

const sizes = [2, 8, 32, 128, 256, 1_000];
/** ts-mls needs half a minute for each commit beyond. */
const mostMembersOfTsMls = 256;
/** How long each of the four is repeated, in milliseconds, how often at least and at most, and how long before it is measured. */
const effort = { ms: 400, least: 3, most: 200, warmUpMs: 100 };

/** Measures a group of each size in this runtime. */
export async function benchMls(runtime: string): Promise<readonly MlsRow[]> {
  const rows: MlsRow[] = [];
  for (const members of sizes) rows.push(...(await rowsOf(runtime, members, await workOfParley(members))));
  return rows;
}

/** Measures one group that Parley has made, and one of ts-mls beside it. */
export async function rowsOf(
  runtime: string,
  members: number,
  { work, recorder }: WorkOfParley,
): Promise<readonly MlsRow[]> {
  const rows: MlsRow[] = [];
  const theirs = members > mostMembersOfTsMls ? undefined : await workOfTsMls(members);
  for (const operation of measured) {
    const recorded = await recorder.record(work[operation]);
    const alone = () => oneAfterAnother(recorded);
    const times = await inTurns([work[operation], alone, () => sameKindsTogether(recorded), theirs?.[operation]]);
    const [own = 0, raw = 0, together = 0, other] = times;
    const counts = countsOf(recorded);
    rows.push({
      runtime,
      members,
      operation: operations[operation],
      ours: own,
      raw,
      together,
      theirs: other,
      counts,
    });
  }
  return rows;
}

async function oneAfterAnother(recorded: RecordedOperations): Promise<void> {
  for (const operations of recorded.values()) for (const again of operations) await again();
}

async function sameKindsTogether(recorded: RecordedOperations): Promise<void> {
  for (const operations of recorded.values()) await Promise.all(operations.map((again) => again()));
}

/** Measures several things in turns, so that a machine that slows down does so for each; gives the median of each in milliseconds. */
async function inTurns(
  works: readonly ((() => Promise<unknown>) | undefined)[],
): Promise<readonly (number | undefined)[]> {
  const times = works.map((): number[] => []);
  const spent = works.map(() => 0);
  // An agent that lives runs compiled code: one run after a start takes several times as long.
  for (const work of works) {
    const started = performance.now();
    do await work?.();
    while (work !== undefined && performance.now() - started < effort.warmUpMs);
  }
  for (let round = 0; round < effort.most; round++) {
    for (const [at, work] of works.entries()) {
      if (work === undefined || (round >= effort.least && (spent[at] ?? 0) > effort.ms)) continue;
      const started = performance.now();
      await work();
      const took = performance.now() - started;
      times[at]?.push(took);
      spent[at] = (spent[at] ?? 0) + took;
    }
  }
  return times.map(median);
}

function median(times: readonly number[]): number | undefined {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
