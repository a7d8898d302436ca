import * as v from 'valibot';
import { withPage } from '../chromium.ts';
import { mlsRow } from '../mls/chromium.ts';
import type { GroupRow } from './suite.ts';

const bytes = v.number();
const row = v.object({
  runtime: v.string(),
  members: v.number(),
  operations: v.array(mlsRow),
  sent: v.object({ add: bytes, welcome: bytes, updateFresh: bytes, updateUsed: bytes, message: bytes }),
  joinChecked: v.number(),
  storedPerMessage: bytes,
  storedMember: bytes,
});
const outcome = v.union([v.object({ rows: v.array(row) }), v.object({ error: v.string() })]);

/** Groups of up to so many members in a dedicated worker of Chromium. */
export async function benchGroupsInChromium(upTo: number): Promise<readonly GroupRow[]> {
  const found = v.parse(
    outcome,
    await withPage('groups.html', (page) => page.evaluate(`globalThis.benchmark(${upTo})`)),
  );
  if ('error' in found) throw new Error(`The benchmark of groups failed in Chromium: ${found.error}`);
  return found.rows;
}
