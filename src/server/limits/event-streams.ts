import { ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import { type LimitName, LimitReached } from '../../http/limit-reached.ts';
import { addressOf } from '../../http/server/client-address.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';

/** Streams of the Controller's events that a server holds at once, and those of one address. */
export interface StreamLimits {
  readonly total: number;
  readonly perAddress: number;
  /** Milliseconds between two looks for clients that do not read. */
  readonly sweepMs: number;
}

/** Agents with a line to the relay need no stream: what is left are agents without one, and other programs. */
export const standardStreamLimits: StreamLimits = { total: 2_000, perAddress: 32, sweepMs: 15_000 };

interface Open {
  readonly address: string;
  /** True when nothing has left since the last look. */
  isStuck: boolean;
}

function refused(limit: LimitName, detail: string): LimitReached {
  return new LimitReached(limit, detail, { retryAfter: 30 });
}

/** Counts the streams of events that are open, refuses those over a limit, and ends those that are not read. */
export class EventStreams {
  readonly #limits: StreamLimits;
  readonly #trustProxy: TrustedProxies;
  readonly #open = new Map<ServerResponse, Open>();

  constructor(limits: StreamLimits, trustProxy: TrustedProxies) {
    this.#limits = limits;
    this.#trustProxy = trustProxy;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Lets a request for a stream through, or throws `rate_limited`. */
  readonly limit: MiddlewareHandler = async (c, next) => {
    const { outgoing }: { readonly outgoing?: unknown } = c.env ?? {};
    if (!(outgoing instanceof ServerResponse)) return next();
    const address = addressOf(c, this.#trustProxy);
    const { total, perAddress } = this.#limits;
    const fromThere = [...this.#open.values()].filter((other) => other.address === address).length;
    if (fromThere >= perAddress) {
      const detail = `One address has at most ${perAddress} streams of events. Close one first.`;
      throw refused('event_streams_per_address', detail);
    }
    if (this.#open.size >= total) throw refused('event_streams', 'All streams of events are in use. Try again later.');
    const open = { address, isStuck: false };
    this.#open.set(outgoing, open);
    outgoing.once('close', () => this.#open.delete(outgoing));
    outgoing.on('drain', () => {
      open.isStuck = false;
    });
    return next();
  };

  /** Looks for clients that do not read from now on, until the function it returns is called. */
  start(): () => void {
    const sweeping = setInterval(() => this.#sweep(), this.#limits.sweepMs).unref();
    return () => clearInterval(sweeping);
  }

  #sweep(): void {
    for (const [outgoing, open] of this.#open) {
      if (open.isStuck && outgoing.writableNeedDrain) outgoing.destroy();
      else open.isStuck = outgoing.writableNeedDrain;
    }
  }
}
