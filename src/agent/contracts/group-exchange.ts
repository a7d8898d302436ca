import { groupOfConversation } from './group-views.ts';
import type { ExchangeView, GroupExchangeView } from './views.ts';

/** Returns an exchange as one that went through a group; undefined for any other. */
export function ofGroup(exchange: ExchangeView | undefined): GroupExchangeView | undefined {
  const group = exchange?.group;
  return exchange === undefined || group === undefined ? undefined : { ...exchange, group };
}

/** Returns an exchange as one of a group's own conversation; undefined for one with a peer, also for what was left for it while it was away. */
export function inGroup(exchange: ExchangeView): GroupExchangeView | undefined {
  return groupOfConversation(exchange.peerId) === undefined ? undefined : ofGroup(exchange);
}
