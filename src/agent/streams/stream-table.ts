import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { StreamId } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';

/** What ends early when nobody comes for it. */
interface Ending {
  fail(error: ParleyError): void;
}

interface Row<Stream> {
  readonly peerKey: string;
  /** The request that it belongs to: CANCEL names that. */
  readonly requestId: string;
  readonly stream: Stream;
  readonly keepMs: number;
  timer: { cancel(): void };
}

/** Streams that an agent holds at most, of one peer and in all. */
export interface StreamCounts {
  readonly ofPeer: number;
  readonly inAll: number;
}

const standardCounts: StreamCounts = { ofPeer: limits.streamsOfPeer, inAll: limits.streams };

/**
 * The streams of an agent, each by the peer's signing key and its id (protocol page, section 4.3): another peer's is not there. One that
 * nobody reads or writes for its time is ended.
 */
export class StreamTable<Stream extends Ending> {
  readonly #scheduler: Scheduler;
  readonly #counts: StreamCounts;
  readonly #rows = new Map<string, Row<Stream>>();
  readonly #ofPeer = new Map<string, number>();

  constructor(scheduler: Scheduler, counts: StreamCounts = standardCounts) {
    this.#scheduler = scheduler;
    this.#counts = counts;
  }

  /** Throws `stream_limit_reached` when the peer, or all together, have as many as they may. */
  requireRoom(peerKey: string): void {
    if (this.#rows.size < this.#counts.inAll && (this.#ofPeer.get(peerKey) ?? 0) < this.#counts.ofPeer) return;
    throw new ParleyError(
      'stream_limit_reached',
      'The agent that was asked holds as many streams as it can. Ask again later.',
    );
  }

  /** Holds a stream, for 120 s or `keep` seconds after each use. Throws `stream_limit_reached`. */
  add(peerKey: string, requestId: string, id: StreamId, stream: Stream, keep: number = limits.streamIdle): void {
    this.requireRoom(peerKey);
    const name = nameOf(peerKey, id);
    const keepMs = 1_000 * Math.max(keep, limits.streamIdle);
    this.#rows.set(name, { peerKey, requestId, stream, keepMs, timer: this.#timer(name, keepMs) });
    this.#ofPeer.set(peerKey, (this.#ofPeer.get(peerKey) ?? 0) + 1);
  }

  /** Returns a stream that is being used, which keeps it. Throws `stream_gone`, also for one of another peer. */
  use(peerKey: string, id: StreamId): Stream {
    const name = nameOf(peerKey, id);
    const row = this.#rows.get(name);
    if (row === undefined)
      throw new ParleyError('stream_gone', 'The agent that was asked has no such stream any more.');
    row.timer.cancel();
    row.timer = this.#timer(name, row.keepMs);
    return row.stream;
  }

  /** True while there is one of this id. */
  has(peerKey: string, id: StreamId): boolean {
    return this.#rows.has(nameOf(peerKey, id));
  }

  /** Lets go of a stream that has come to its end. */
  drop(peerKey: string, id: StreamId): void {
    this.#drop(nameOf(peerKey, id));
  }

  /** Ends the streams of a peer's request; returns whether there were any. */
  cancel(peerKey: string, requestId: string, error: ParleyError): boolean {
    const meant = [...this.#rows].filter(([, row]) => row.peerKey === peerKey && row.requestId === requestId);
    for (const [, { stream }] of meant) stream.fail(error);
    return meant.length > 0;
  }

  /** Ends all, of one peer or of everybody: the peer is not trusted any more, or the agent stops. */
  end(error: ParleyError, peerKey?: string): void {
    for (const [name, row] of [...this.#rows]) {
      if (peerKey !== undefined && row.peerKey !== peerKey) continue;
      row.stream.fail(error);
      this.#drop(name);
    }
  }

  #timer(name: string, ms: number): { cancel(): void } {
    return this.#scheduler.after(ms, () => {
      const row = this.#rows.get(name);
      this.#drop(name);
      row?.stream.fail(new ParleyError('stream_gone', 'Nobody came for this stream.'));
    });
  }

  #drop(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    row.timer.cancel();
    this.#rows.delete(name);
    const left = (this.#ofPeer.get(row.peerKey) ?? 1) - 1;
    if (left === 0) this.#ofPeer.delete(row.peerKey);
    else this.#ofPeer.set(row.peerKey, left);
  }
}

const nameOf = (peerKey: string, id: StreamId) => `${peerKey} ${id}`;
