import type { Page } from '@playwright/test';
import { AgentTab, helper, traveller } from './agent-tab.ts';

/** Traveller in the first tab, connected to Helper in the second, after it has said `words` one by one. */
export async function talk(first: Page, second: Page, ...words: readonly string[]): Promise<AgentTab> {
  const [one] = await Promise.all([AgentTab.open(first, traveller), AgentTab.open(second, helper)]);
  await one.connect(helper);
  for (const word of words) await one.say(word);
  return one;
}
