import { type ExchangeView, exchangeKey } from '../../../agent/contracts/views.ts';
import type { DeletedSequences } from '../../state/agent-state.ts';

/** A stretch of a stored conversation without gaps, and whether it goes on at either end. */
export interface Stretch {
  readonly exchanges: readonly ExchangeView[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** Returns the stretch without what was deleted since it was read. */
export function withoutDeleted(stretch: Stretch, deleted: DeletedSequences | undefined): Stretch {
  if (deleted === undefined) return stretch;
  const { upTo, single } = deleted;
  const isThere = ({ sequence = 0 }: ExchangeView) => sequence > upTo && !single.has(sequence);
  return { ...stretch, exchanges: stretch.exchanges.filter(isThere) };
}

/**
 * Merges a conversation from the history and from this page's events: each exchange once, in its newest state.
 * Nothing is added beyond an end of the stretch that goes on: there would be a gap between.
 */
export function mergedExchanges(stretch: Stretch, live: readonly ExchangeView[]): readonly ExchangeView[] {
  const { exchanges: stored, hasNewer } = stretch;
  const newest = new Map(live.map((exchange) => [exchangeKey(exchange), exchange]));
  const known = new Set(stored.map(exchangeKey));
  return inOrder([
    ...stored.map((exchange) => newest.get(exchangeKey(exchange)) ?? exchange),
    ...(hasNewer ? [] : live.filter((exchange) => !known.has(exchangeKey(exchange)) && !isBefore(exchange, stretch))),
  ]);
}

/** True for what stands before a stretch that does not reach the beginning. */
function isBefore({ sequence, at }: ExchangeView, { exchanges: [first], hasOlder }: Stretch): boolean {
  if (!hasOlder || first === undefined) return false;
  return sequence === undefined ? at < first.at : sequence < (first.sequence ?? 0);
}

/** Sorts by sequence; an exchange that is not stored has none, and is placed by its time. */
function inOrder(exchanges: readonly ExchangeView[]): readonly ExchangeView[] {
  const numbered = exchanges
    .filter(({ sequence }) => sequence !== undefined)
    .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  const others = exchanges.filter(({ sequence }) => sequence === undefined);
  const ordered: ExchangeView[] = [];
  let next = 0;
  for (const exchange of numbered) {
    for (let other = others[next]; other !== undefined && other.at < exchange.at; other = others[next]) {
      ordered.push(other);
      next += 1;
    }
    ordered.push(exchange);
  }
  return [...ordered, ...others.slice(next)];
}

/** Exchanges in a row that one session carried; `sessionId` is empty before there was any. */
export interface SessionRun {
  /** Unlike that of any other run of the conversation. */
  readonly key: string;
  readonly sessionId: string;
  readonly exchanges: readonly ExchangeView[];
}

/**
 * Cuts a conversation where another session begins. A request that never got a session stands in the run it was made
 * in.
 */
export function sessionRuns(exchanges: readonly ExchangeView[]): readonly SessionRun[] {
  const runs: { key: string; sessionId: string; exchanges: ExchangeView[] }[] = [];
  const counts = new Map<string, number>();
  for (const exchange of exchanges) {
    const { sessionId } = exchange;
    const last = runs.at(-1);
    if (last !== undefined && (sessionId === '' || sessionId === last.sessionId)) {
      last.exchanges.push(exchange);
      continue;
    }
    const count = (counts.get(sessionId) ?? 0) + 1;
    counts.set(sessionId, count);
    runs.push({ key: `${sessionId} ${count}`, sessionId, exchanges: [exchange] });
  }
  return runs;
}

/** Returns how many of the newest exchanges to draw: `count`, or as many more as it takes to show the target. */
export function drawnFrom(exchanges: readonly ExchangeView[], count: number, target: number): number {
  const newest = Math.max(0, exchanges.length - count);
  return target === -1 ? newest : Math.min(newest, Math.max(0, target - contextRows));
}

/** Exchanges drawn before the one that is led to. */
const contextRows = 10;
