import * as v from 'valibot';
import { runInChromium } from '../chromium.ts';
import type { MlsRow } from './suite.ts';

/** A row as the worker sends it. */
export const mlsRow = v.object({
  runtime: v.string(),
  members: v.number(),
  operation: v.string(),
  ours: v.number(),
  raw: v.number(),
  together: v.number(),
  theirs: v.optional(v.number()),
  counts: v.record(v.string(), v.number()),
});
const outcome = v.union([v.object({ rows: v.array(mlsRow) }), v.object({ error: v.string() })]);

/** Groups in a dedicated worker of Chromium. */
export async function benchMlsInChromium(): Promise<readonly MlsRow[]> {
  const found = v.parse(outcome, await runInChromium('mls.html'));
  if ('error' in found) throw new Error(`The benchmark of MLS failed in Chromium: ${found.error}`);
  return found.rows;
}
