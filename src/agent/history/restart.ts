import { type BodyView, isUnderWay } from '../contracts/body-views.ts';
import { bytesAtOnce, type HistoryStore } from '../contracts/history-store.ts';
import { type ExchangeView, exchangeKey, type GroupExchangeView } from '../contracts/views.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { HistoryExchange } from './exchange-record.ts';
import type { History } from './history.ts';
import { isOpen, isUnfinished } from './record.ts';

/** How much of the conversations is in memory after a start; what is older is read when somebody looks. */
const shown = { ofEachPeer: 100, inAll: 1_000 } as const;

/** An exchange of a group that was under way when the agent stopped: what it is found by. */
export type OpenInGroup = Pick<GroupExchangeView, 'direction' | 'peerId' | 'requestId' | 'at' | 'group'>;

/** What was under way when the agent stopped, the oldest first. */
export interface UnderWay {
  /** Requests of this agent to peers that have no answer yet. */
  readonly unanswered: readonly ExchangeView[];
  /** What goes through groups: they know what became of it. */
  readonly inGroups: readonly OpenInGroup[];
}

/**
 * Brings the conversations back after a start, and says of each incoming request of a peer, and of each stream, that was under way what
 * became of it. Gives what goes on.
 */
export async function restoreConversations(
  history: History,
  store: HistoryStore,
  records: ActivityLog,
): Promise<UnderWay> {
  const unanswered: HistoryExchange[] = [];
  const inGroups: OpenInGroup[] = [];
  // Settled one after the other: they are a peer's, who may have made all of them as large as can be.
  for await (const exchange of history.open()) {
    const { direction, peerId, requestId, at, group } = exchange;
    // Without what was said, which may be large: it is read again once its group is at it.
    if (group !== undefined) inGroups.push({ direction, peerId, requestId, at, group });
    else if (direction === 'outgoing' && isOpen(exchange)) unanswered.push(exchange);
    else await history.settle(afterInterruption(exchange));
  }
  // What became of them may not have been kept, on a full disk, and is true all the same.
  const newest = (await newestOfEach(history, store)).map((one) => (isInterrupted(one) ? afterInterruption(one) : one));
  const byTime = newest.sort((a, b) => a.at - b.at);
  const all = [...byTime.slice(-shown.inAll), ...unanswered];
  const latest = new Map(all.map((exchange) => [exchangeKey(exchange), exchange]));
  for (const exchange of [...latest.values()].sort((a, b) => a.at - b.at)) records.putExchange(exchange);
  return { unanswered, inGroups };
}

/** Returns the newest exchanges of each peer, with as many bytes for each as are left by those who have less. */
async function newestOfEach(history: History, store: HistoryStore): Promise<readonly HistoryExchange[]> {
  const peers = (await store.usages()).filter(({ exchanges }) => exchanges > 0).sort((a, b) => a.bytes - b.bytes);
  const newest: HistoryExchange[] = [];
  let bytesLeft = bytesAtOnce;
  for (const [index, { peerId }] of peers.entries()) {
    if (bytesLeft <= 0) break;
    const share = bytesLeft / (peers.length - index);
    const records = await store.exchangesBefore(peerId, undefined, shown.ofEachPeer, share);
    for (const { ciphertext } of records) bytesLeft -= ciphertext.length;
    newest.push(...(await history.read([...records].reverse())));
  }
  return newest;
}

function isInterrupted(exchange: ExchangeView): boolean {
  const { direction, group } = exchange;
  return group === undefined && isUnfinished(exchange) && !(direction === 'outgoing' && isOpen(exchange));
}

/** Returns an exchange whose streams have ended with the run of the agent that read, wrote or served them. */
function withoutStreams(exchange: ExchangeView): ExchangeView {
  const { body, answer } = exchange;
  return {
    ...exchange,
    ...(body === undefined ? {} : { body: interrupted(body) }),
    ...(answer === undefined ? {} : { answer: interrupted(answer) }),
  };
}

function interrupted(body: BodyView): BodyView {
  if (!isUnderWay(body)) return body;
  const error = { code: 'stream_gone', detail: 'This agent was closed before all of the stream had come.' };
  return { ...body, state: 'failed', error };
}

/**
 * Returns an exchange after an interruption: a handler that was under way may have done its work, so it never runs
 * again; what waited for a person may.
 */
function afterInterruption({ answerBy: _, ...interruptedOne }: ExchangeView): ExchangeView {
  const exchange = withoutStreams(interruptedOne);
  if (!isOpen(exchange)) return exchange;
  if (exchange.status === 'held') {
    return {
      ...exchange,
      status: 'failed',
      error: {
        code: 'answer_timeout',
        detail:
          'This agent was closed while the request waited for an answer. Nothing ran. It waits again if the peer asks again.',
      },
    };
  }
  return {
    ...exchange,
    status: 'error',
    error: {
      code: 'handler_failed',
      detail: 'The agent was closed while this request was under way. It may have run, and does not run again.',
    },
  };
}
