import { inGroup } from '../agent/contracts/group-exchange.ts';
import type { ExchangeView } from '../agent/contracts/views.ts';
import type { OutputLine } from './agent.ts';
import { groupExchangeLines } from './group-words.ts';
import { outcomeWords, requestWords } from './said.ts';

/** Returns the lines of an exchange: who asked what and when, and below it the outcome. */
export function exchangeLines(exchange: ExchangeView, agentId: string): readonly OutputLine[] {
  const { at, direction, peerId, status } = exchange;
  const said = inGroup(exchange);
  if (said !== undefined) return groupExchangeLines(said);
  const [asks, answers] = direction === 'outgoing' ? [agentId, peerId] : [peerId, agentId];
  const failed = status === 'error' || status === 'failed';
  return [
    { level: 'OUT', text: `${new Date(at).toISOString()}  ${asks}: ${requestWords(exchange)}` },
    { level: failed ? 'WARN' : 'INFO', text: `  ${answers}: ${outcomeWords(exchange)}` },
  ];
}
