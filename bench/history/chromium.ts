import * as v from 'valibot';
import { runInChromium } from '../chromium.ts';
import type { HistoryRow } from './suite.ts';

const row = v.object({
  runtime: v.string(),
  messages: v.number(),
  append: v.number(),
  appendWithoutIndex: v.number(),
  appendFloor: v.number(),
  keepRequest: v.number(),
  indexBytesPerMessage: v.number(),
  search: v.record(v.string(), v.object({ found: v.number(), ms: v.number() })),
  firstSearch: v.number(),
  withoutIndex: v.number(),
});
const outcome = v.union([v.object({ rows: v.array(row) }), v.object({ error: v.string() })]);

/** The benchmark over IndexedDB, in a dedicated worker of Chromium. */
export async function benchHistoryInChromium(): Promise<readonly HistoryRow[]> {
  const found = v.parse(outcome, await runInChromium('history.html'));
  if ('error' in found) throw new Error(`The benchmark failed in Chromium: ${found.error}`);
  return found.rows;
}
