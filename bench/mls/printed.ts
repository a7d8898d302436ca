import type { MlsRow } from './suite.ts';
import { suiteOfTsMls } from './ts-mls.ts';

/** Gives the lines that say what was found. */
export function printed(rows: readonly MlsRow[]): readonly string[] {
  return [
    'Milliseconds, Parley’s own MLS on suite 0xF64A. Raw: the same raw operations alone, one after another, and those of a kind together.',
    `ts-mls 1.6.4 in the same run, on ${suiteOfTsMls}.`,
    ...rows.map(lineOf),
  ];
}

function lineOf({ runtime, members, operation, ours, raw, together, theirs, counts }: MlsRow): string {
  const others = theirs === undefined ? '' : `${ms(theirs)}${(theirs / ours).toFixed(1).padStart(7)}×`;
  const made = Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`]));
  return [
    `${runtime.padEnd(9)}${String(members).padStart(5)}  ${operation.padEnd(21)}`,
    `ours${ms(ours)}  raw${ms(raw)}  ratio ${(ours / raw).toFixed(2)}  together${ms(together)}`,
    `  ts-mls${others.padEnd(18)}  ${made.join(', ')}`,
  ].join('');
}

function ms(time: number): string {
  return time.toFixed(2).padStart(10);
}
