import * as v from 'valibot';
import { withPage } from '../chromium.ts';
import { mlsRow } from '../mls/chromium.ts';
import { exposeMemory } from '../page-memory.ts';
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

/** Groups of up to so many members in a dedicated worker of Chromium; what one takes of memory in a page, whose heap can be measured. */
export function benchGroupsInChromium(upTo: number): Promise<readonly GroupRow[]> {
  return withPage('groups.html', async (page) => {
    const found = v.parse(outcome, await page.evaluate(`globalThis.benchmark(${upTo})`));
    if ('error' in found) throw new Error(`The benchmark of groups failed in Chromium: ${found.error}`);
    await exposeMemory(page);
    const rows: GroupRow[] = [];
    for (const one of found.rows) {
      const memory = v.parse(bytes, await page.evaluate(`memoryOfGroup(${one.members}, memoryOfPage)`));
      rows.push({ ...one, memory });
    }
    return rows;
  });
}
