import type { Agent } from '../agent/agent.ts';
import type { Emitter } from '../agent/contracts/emitter.ts';
import { ofGroup } from '../agent/contracts/group-exchange.ts';
import type { AgentEvent, ExchangeView, GroupExchangeView, Json } from '../agent/contracts/views.ts';
import { peerError } from '../agent/messages/refusal.ts';
import { failureOf, WatchedExchange } from './watched-exchange.ts';

/** What became of a request that may be stored for a peer that is away. */
export type AwaySent<Result = Json> =
  | {
      /** The peer was there. */
      readonly status: 'answered';
      readonly requestId: string;
      readonly result: Result;
    }
  | {
      /** It is stored for the peer, also when this agent is closed meanwhile. */
      readonly status: 'stored';
      readonly requestId: string;
      /** Until when it may be answered, in milliseconds since 1970. */
      readonly expiresAt: number;
      /**
       * Resolves with the answer once the peer is back. Rejects with its refusal, with `timed_out` when it has expired, and with the reason
       * of `signal`.
       */
      answer(signal?: AbortSignal): Promise<Result>;
    };

/** What a stored request is followed by. */
export interface AwayDeps {
  readonly events: Emitter<AgentEvent>;
  ask<T>(work: (agent: Agent) => T | Promise<T>): Promise<T>;
}

/** Returns the result of an answered exchange. Throws the peer's error. */
export function resultOf({ status, result, error }: ExchangeView): Json {
  if (status === 'success') return result ?? null;
  throw peerError(error ?? { code: 'handler_failed', detail: 'The peer answered with an error.' });
}

/** Returns an exchange that was sent with `whenAway` as the application gets it. Throws the peer's error. */
export function awaySentOf(exchange: ExchangeView, deps: AwayDeps): AwaySent {
  const { requestId } = exchange;
  const stored = ofGroup(exchange);
  if (stored === undefined || exchange.status !== 'pending') {
    return { status: 'answered', requestId, result: resultOf(exchange) };
  }
  const { expiresAt = 0 } = stored.group;
  return { status: 'stored', requestId, expiresAt, answer: (signal) => answerOf(stored, deps, signal) };
}

async function answerOf(stored: GroupExchangeView, { events, ask }: AwayDeps, signal?: AbortSignal): Promise<Json> {
  signal?.throwIfAborted();
  const answered = Promise.withResolvers<Json>();
  const watched = new WatchedExchange(events, (exchange) => {
    if (exchange.status === 'failed') answered.reject(failureOf(exchange));
    else if (exchange.status !== 'pending') {
      try {
        answered.resolve(resultOf(exchange));
      } catch (error) {
        answered.reject(error);
      }
    }
  });
  const abort = () => answered.reject(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    return await ask(async ({ historyService }) => {
      const { peerId, requestId } = stored;
      // It may have been answered since it was stored.
      const now = await historyService.history.find('outgoing', peerId, requestId);
      watched.begin((now === undefined ? undefined : ofGroup(now)) ?? stored);
      return answered.promise;
    });
  } finally {
    answered.promise.catch(() => undefined);
    watched.end();
    signal?.removeEventListener('abort', abort);
  }
}
