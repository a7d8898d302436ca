import type { GroupEventView } from '../../../../agent/contracts/group-views.ts';
import type { ExchangeView, GroupExchangeView } from '../../../../agent/contracts/views.ts';

/** What stands in a group's conversation: something that was said or asked, or something that happened. */
export type TimelineItem =
  | { readonly kind: 'said'; readonly exchange: GroupExchangeView }
  | { readonly kind: 'event'; readonly event: GroupEventView };

/** The stretch of a conversation that is shown. */
interface Shown {
  readonly exchanges: readonly ExchangeView[];
  /** The conversation goes on before or after it. */
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/**
 * Returns what was said and what happened in the order of the group's log, which is one for all members. What the service has not stored
 * yet comes last. Events beyond an end of the stretch that goes on are left out: they stand between what is not shown.
 */
export function timelineOf(shown: Shown, events: readonly GroupEventView[]): readonly TimelineItem[] {
  const said = shown.exchanges.filter(isOfGroup).sort(inLogOrder);
  const indexes = said.flatMap(({ group: { index } }) => (index === undefined ? [] : [index]));
  const from = shown.hasOlder ? (indexes[0] ?? Number.POSITIVE_INFINITY) : 0;
  const to = shown.hasNewer ? (indexes.at(-1) ?? -1) : Number.POSITIVE_INFINITY;
  const between = events.filter(({ index }) => index >= from && index <= to);
  const items: TimelineItem[] = [];
  let next = 0;
  const eventsBefore = (index: number) => {
    for (let event = between[next]; event !== undefined && event.index < index; event = between[next]) {
      items.push({ kind: 'event', event });
      next += 1;
    }
  };
  for (const exchange of said) {
    eventsBefore(exchange.group.index ?? Number.POSITIVE_INFINITY);
    items.push({ kind: 'said', exchange });
  }
  eventsBefore(Number.POSITIVE_INFINITY);
  return items;
}

/** Returns when something was said or happened, in milliseconds since 1970. */
export function timeOfItem(item: TimelineItem): number {
  return item.kind === 'said' ? item.exchange.at : item.event.at * 1_000;
}

/** Returns the index of the first entry of a stretch that has one. */
export function firstIndex(exchanges: readonly ExchangeView[]): number | undefined {
  const indexes = exchanges.flatMap(({ group }) => (group?.index === undefined ? [] : [group.index]));
  return indexes.length === 0 ? undefined : indexes.reduce((least, index) => Math.min(least, index));
}

function isOfGroup(exchange: ExchangeView): exchange is GroupExchangeView {
  return exchange.group !== undefined;
}

function inLogOrder(a: GroupExchangeView, b: GroupExchangeView): number {
  const [first, second] = [a, b].map(({ group }) => group.index ?? Number.POSITIVE_INFINITY);
  if (first !== undefined && second !== undefined && first !== second) return first - second;
  return a.at - b.at;
}
