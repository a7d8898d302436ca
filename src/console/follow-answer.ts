import { type ExchangeView, exchangeKey } from '../agent/contracts/views.ts';
import type { FollowedExchanges } from './follow-exchange.ts';

/** Lines of an answer that are told; the conversation shows the rest. */
const mostLines = 200;

/**
 * Follows the bytes of an answer until they have come, were stopped or failed, and returns the exchange as it is then. Tells `tell` each
 * line of a text once it is complete, 200 at most.
 */
export async function untilAnswerEnds(
  exchanges: FollowedExchanges,
  answered: ExchangeView,
  tell: (line: string) => void,
): Promise<ExchangeView> {
  const key = exchangeKey(answered);
  const { promise, resolve } = Promise.withResolvers<void>();
  let exchange = answered;
  let told = 0;
  let lines = 0;
  const tellLines = (text: string) => {
    for (const line of text.split('\n')) {
      lines += 1;
      if (lines <= mostLines) tell(line);
      else if (lines === mostLines + 1) tell('… The conversation shows more.');
    }
  };
  const look = () => {
    const found = exchanges.exchanges().find((one) => exchangeKey(one) === key);
    const isGone = found === undefined && exchange !== answered;
    exchange = found ?? exchange;
    const { state, text = '' } = exchange.answer ?? {};
    const isOver = isGone || (state !== 'unread' && state !== 'open');
    const until = isOver ? text.length : text.lastIndexOf('\n') + 1;
    if (until > told) tellLines(text.slice(told, until).replace(/\n$/, ''));
    told = Math.max(told, until);
    if (isOver) resolve();
  };
  const unfollow = exchanges.onChange(look);
  look();
  await promise.finally(unfollow);
  return exchange;
}
