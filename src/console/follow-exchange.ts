import { ofGroup } from '../agent/contracts/group-exchange.ts';
import type { GroupAnswerView } from '../agent/contracts/group-views.ts';
import { type ExchangeView, exchangeKey, type GroupExchangeView } from '../agent/contracts/views.ts';

/** What an exchange is followed in. */
export interface FollowedExchanges {
  /** Those in memory. */
  exchanges(): readonly ExchangeView[];
  /** Tells `listener` whenever `exchanges` gives something else; the function it returns ends that. */
  onChange(listener: () => void): () => void;
}

/** Milliseconds that a line or a command waits for others where nobody says; what comes later is shown then. */
const usualPatience = 20_000;

/** An exchange as it is when nobody waits for it any more. `isOver` is false when the time was over first. */
export interface Followed {
  readonly exchange: GroupExchangeView;
  readonly isOver: boolean;
}

/** Follows what was sent until the delivery service has it or it has failed, for up to `ms` milliseconds. */
export function untilStored(exchanges: FollowedExchanges, sent: GroupExchangeView, ms?: number): Promise<Followed> {
  return follow(exchanges, sent, ({ group, status }) => group.delivery !== 'sending' || status === 'failed', ms);
}

/** Follows a request until all who are asked have answered or it has failed, for up to `ms` milliseconds. Tells `tell` each answer once. */
export function untilAnswered(
  exchanges: FollowedExchanges,
  asked: GroupExchangeView,
  tell: (answer: GroupAnswerView) => void,
  ms?: number,
): Promise<Followed> {
  let told = 0;
  const look = ({ group, status }: GroupExchangeView) => {
    for (const answer of group.answers.slice(told)) tell(answer);
    told = Math.max(told, group.answers.length);
    return group.awaiting.length === 0 || status !== 'pending';
  };
  return follow(exchanges, asked, look, ms);
}

function follow(
  exchanges: FollowedExchanges,
  first: GroupExchangeView,
  isOver: (exchange: GroupExchangeView) => boolean,
  ms = usualPatience,
): Promise<Followed> {
  const key = exchangeKey(first);
  const { promise, resolve } = Promise.withResolvers<Followed>();
  let exchange = first;
  const look = () => {
    exchange = ofGroup(exchanges.exchanges().find((each) => exchangeKey(each) === key)) ?? exchange;
    if (isOver(exchange)) resolve({ exchange, isOver: true });
  };
  const unfollow = exchanges.onChange(look);
  const timer = setTimeout(() => resolve({ exchange, isOver: false }), ms);
  look();
  return promise.finally(() => {
    unfollow();
    clearTimeout(timer);
  });
}
