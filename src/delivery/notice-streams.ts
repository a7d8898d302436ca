import { LimitReached } from '../http/limit-reached.ts';
import { sentEvents } from '../http/sent-events.ts';
import type { Notice, NoticeReaders } from './tell-notices.ts';

/** Streams of notices that one agent has open at once. */
const mostOfAgent = 4;

interface Stream {
  /** Tells a notice, or nothing, when its token lives; ends otherwise. */
  tell(notice?: Notice): void;
  end(): void;
}

/** What a stream stands on. */
export interface StreamToken {
  /** Milliseconds until it expires. */
  readonly forMs: number;
  /** Rejects once the token has ended: it was given back, was the oldest of too many, or the agent was revoked. */
  readonly requireAlive: () => Promise<unknown>;
}

/** The streams of notices that are open here (groups page, section 4: GET /delivery/events), for agents without a line. */
export class NoticeStreams implements NoticeReaders {
  readonly #open = new Map<string, Set<Stream>>();
  readonly #ended: AbortSignal | undefined;

  /** When `ended` aborts, all streams end. */
  constructor(ended?: AbortSignal) {
    this.#ended = ended;
  }

  has(agentId: string): boolean {
    return this.#open.has(agentId);
  }

  tell(agentId: string, notice: Notice): void {
    for (const stream of [...(this.#open.get(agentId) ?? [])]) stream.tell(notice);
  }

  /** Ends the streams of an agent whose token has ended, without telling anything. */
  look(agentId: string): void {
    for (const stream of [...(this.#open.get(agentId) ?? [])]) stream.tell();
  }

  /** Ends the streams of an agent that may not read any more. */
  end(agentId: string): void {
    for (const stream of [...(this.#open.get(agentId) ?? [])]) stream.end();
  }

  /**
   * Returns server-sent events of an agent's notices from now on, `event: notice`. It ends with the token that opened it: when that
   * expires, and before anything is told after it has ended. Throws `rate_limited` when the agent has too many open.
   */
  open(agentId: string, { forMs, requireAlive }: StreamToken): Response {
    const streams = this.#open.get(agentId) ?? new Set<Stream>();
    if (streams.size >= mostOfAgent) {
      const detail = `One agent has at most ${mostOfAgent} streams of notices. Close one first.`;
      throw new LimitReached('event_streams_per_agent', detail, { retryAfter: 30 });
    }
    const over = new AbortController();
    const end = () => over.abort();
    const ended = this.#ended === undefined ? over.signal : AbortSignal.any([over.signal, this.#ended]);
    return sentEvents((tell) => {
      let told = Promise.resolve();
      const tellIfAlive = async (notice?: Notice) => {
        await requireAlive();
        if (notice !== undefined && !over.signal.aborted) tell(notice.type, notice);
      };
      const stream = {
        // In the order in which they come. A token that cannot be looked up ends the stream as well: its reader comes back.
        tell: (notice?: Notice) => {
          told = told.then(() => tellIfAlive(notice)).catch(end);
        },
        end,
      };
      const timer = setTimeout(end, forMs);
      this.#open.set(agentId, streams.add(stream));
      return () => {
        clearTimeout(timer);
        streams.delete(stream);
        if (streams.size === 0 && this.#open.get(agentId) === streams) this.#open.delete(agentId);
      };
    }, ended);
  }
}
