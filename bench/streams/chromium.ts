import * as v from 'valibot';
import { runInChromium } from '../chromium.ts';
import type { StreamRow } from './suite.ts';

const rate = v.number();
const row = v.object({ runtime: v.string(), mebibytes: rate, perSecond: rate, rawPerSecond: rate, share: rate });
const outcome = v.union([v.object({ row }), v.object({ error: v.string() })]);

/** A stream between two agents in a dedicated worker of Chromium. */
export async function benchStreamInChromium(): Promise<StreamRow> {
  const found = v.parse(outcome, await runInChromium('streams.html'));
  if ('error' in found) throw new Error(`The benchmark of streams failed in Chromium: ${found.error}`);
  return found.row;
}
