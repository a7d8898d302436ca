import { ParleyError } from '../../protocol/errors.ts';
import type { ExchangeView } from '../contracts/views.ts';

/** Leaves requests for peers that are away (groups page: a message for one agent that is away is a group of two). */
export interface Away {
  /**
   * Stores a request, in the exchange that it has, so that it reaches its peer once that is back; resolves when it is stored here.
   * `until` is in milliseconds since 1970. Rejects with why it cannot be left; then nothing has changed.
   */
  leave(exchange: ExchangeView, until: number): Promise<ExchangeView>;
  /** Resolves with the exchange once the delivery service has it. */
  stored(exchange: ExchangeView): Promise<ExchangeView>;
}

/** What was left for this agent, so that it does not run again when it also comes over a session. */
export interface LeftHere {
  /** True for a request of a peer that has come through a direct group, by its request_id. */
  hasCome(peerId: string, requestId: string): boolean;
}

/** Returns a request that was left before, as it stands. Throws `stale_timestamp` for one that failed: it may have run, under another id. */
export function alreadyLeft(exchange: ExchangeView): ExchangeView {
  if (exchange.status !== 'failed') return exchange;
  throw new ParleyError(
    'stale_timestamp',
    'This request was left for the peer, which may have run it. Nothing was sent. Send it as a new one.',
  );
}

/** Returns what leaves requests once `opened` has resolved: groups are opened after what they ask with. Undefined where there are none. */
export function awayOf(opened: Promise<Away | undefined>): Away {
  const ready = async (): Promise<Away> => {
    const away = await opened;
    if (away !== undefined) return away;
    throw new ParleyError('delivery_unreachable', 'This agent has no delivery service. Nothing was sent.');
  };
  return {
    leave: async (exchange, until) => (await ready()).leave(exchange, until),
    stored: async (exchange) => (await ready()).stored(exchange),
  };
}
