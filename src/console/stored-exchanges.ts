import type { ConsoleAgent, Say } from './agent.ts';
import { type Command, info } from './command.ts';
import { exchangeLines } from './exchange-lines.ts';
import { countOf, mostShown } from './shown-count.ts';

/** What of a conversation is shown, and what is said about it. */
interface Shown {
  readonly conversation: string;
  /** How many exchanges, as it was typed. */
  readonly count: string | undefined;
  /** What is said when nothing is stored. */
  readonly none: string;
  /** What shows the conversation when a number follows. */
  readonly typed: string;
}

/** Shows the newest stored exchanges of a conversation. Throws `invalid_input` for a count that is none. */
export async function sayStored(agent: ConsoleAgent, say: Say, shown: Shown, { usage }: Command): Promise<void> {
  const { conversation, count, none, typed } = shown;
  const page = await agent.history(conversation, undefined, countOf(count, usage));
  if (page.exchanges.length === 0) return say(info(none));
  if (page.olderThan !== undefined) say(info(`Older ones are stored too: ${typed} ${mostShown} shows more.`));
  for (const exchange of page.exchanges) for (const line of exchangeLines(exchange, agent.agentId)) say({ line });
}
