import * as v from 'valibot';
import { withPage } from '../chromium.ts';
import { exposeMemory } from '../page-memory.ts';
import type { SessionsRow } from './suite.ts';

const row = v.object({
  runtime: v.string(),
  sessions: v.object({ from: v.number(), to: v.number(), peers: v.number() }),
  bytesPerSession: v.number(),
  requests: v.number(),
  msPerRequest: v.number(),
  bytesPerRequest: v.number(),
  auditEntries: v.number(),
  verify: v.number(),
  verifyAgain: v.number(),
});
/** What sessions and requests cost an agent in a page of Chromium, over IndexedDB. */
export function benchSessionsInChromium(): Promise<SessionsRow> {
  return withPage('sessions.html', async (page) => {
    await exposeMemory(page);
    return v.parse(row, await page.evaluate('measureInPage(memoryOfPage)'));
  });
}
