import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { StreamId } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { StreamPlaces } from './stream-places.ts';

/** What ends early when nobody comes for it. */
interface Ending {
  /** True once it has. */
  readonly isOver: boolean;
  fail(error: ParleyError): void;
}

interface Row<Stream> {
  readonly peerKey: string;
  /** The request that it belongs to: CANCEL names that. */
  readonly requestId: string;
  readonly stream: Stream;
  readonly keepMs: number;
  /** False once it has come to its end here, and is there for a repeated read or write alone. */
  isLive: boolean;
  /** Reads and writes of it that are under way. */
  uses: number;
  timer: { cancel(): void };
}

/** Milliseconds for which a stream that has come to its end is there for a repeated read or write, at most. */
const endedMs = 1_000 * limits.streamIdle;

/**
 * The streams of an agent, each by the peer's signing key and its id (protocol page, section 4.3): another peer's is not there. One that
 * nobody reads or writes for its time is ended. One that has come to its end takes no place, and answers what is repeated until others
 * need that memory.
 */
export class StreamTable<Stream extends Ending> {
  readonly #scheduler: Scheduler;
  readonly #rows = new Map<string, Row<Stream>>();
  readonly #live = new StreamPlaces();
  readonly #ended = new StreamPlaces();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Throws `stream_limit_reached` when the peer, or all together, have as many as they may. */
  requireRoom(peerKey: string): void {
    if (this.#live.hasRoom(peerKey)) return;
    throw new ParleyError(
      'stream_limit_reached',
      'The agent that was asked holds as many streams as it can. Ask again later.',
    );
  }

  /** Holds a stream, for 120 s or `keep` seconds after each use. Throws `stream_limit_reached`. */
  add(peerKey: string, requestId: string, id: StreamId, stream: Stream, keep: number = limits.streamIdle): void {
    this.requireRoom(peerKey);
    const name = nameOf(peerKey, id);
    const keepMs = 1_000 * keep;
    const timer = this.#timer(name, keepMs);
    this.#rows.set(name, { peerKey, requestId, stream, keepMs, isLive: true, uses: 0, timer });
    this.#live.take(peerKey, name);
  }

  /**
   * Settles as `work`, which reads or writes a stream: that keeps it. Rejects with `stream_gone` when there is none, also for one of
   * another peer.
   */
  async using<T>(peerKey: string, id: StreamId, work: (stream: Stream) => Promise<T>): Promise<T> {
    const name = nameOf(peerKey, id);
    const row = this.#rows.get(name);
    if (row === undefined) throw gone();
    row.timer.cancel();
    row.uses += 1;
    try {
      return await work(row.stream);
    } finally {
      row.uses -= 1;
      if (this.#rows.get(name) === row) {
        // Whoever uses it has heard that it is over.
        if (row.stream.isOver) this.#end(name, row);
        if (row.uses === 0) this.#restart(name, row);
      }
    }
  }

  /** True while there is one of this id, be it one that has come to its end. */
  has(peerKey: string, id: StreamId): boolean {
    return this.#rows.has(nameOf(peerKey, id));
  }

  /** True while one of this id can be read or written on. */
  isLive(peerKey: string, id: StreamId): boolean {
    return this.#rows.get(nameOf(peerKey, id))?.isLive === true;
  }

  /** Lets go of a stream: nothing of it is asked for again. */
  drop(peerKey: string, id: StreamId): void {
    this.#drop(nameOf(peerKey, id));
  }

  /** Says that a stream has come to its end here: its place is free, and what is repeated is answered for a while. */
  close(peerKey: string, id: StreamId): void {
    const name = nameOf(peerKey, id);
    const row = this.#rows.get(name);
    if (row === undefined) return;
    this.#end(name, row);
    if (row.uses === 0) this.#restart(name, row);
  }

  /** Ends the streams of a peer's request; returns whether there were any. */
  cancel(peerKey: string, requestId: string, error: ParleyError): boolean {
    const isMeant = (row: Row<Stream>) => row.isLive && row.peerKey === peerKey && row.requestId === requestId;
    const meant = [...this.#rows].filter(([, row]) => isMeant(row));
    for (const [name, row] of meant) {
      row.stream.fail(error);
      this.#end(name, row);
      if (row.uses === 0) this.#restart(name, row);
    }
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

  #end(name: string, row: Row<Stream>): void {
    if (!row.isLive) return;
    row.isLive = false;
    this.#live.free(row.peerKey, name);
    const crowdedOut = this.#ended.takeAnyway(row.peerKey, name);
    if (crowdedOut !== undefined) this.#drop(crowdedOut);
  }

  #restart(name: string, row: Row<Stream>): void {
    row.timer.cancel();
    row.timer = this.#timer(name, row.isLive ? row.keepMs : Math.min(row.keepMs, endedMs));
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
    (row.isLive ? this.#live : this.#ended).free(row.peerKey, name);
  }
}

function gone(): ParleyError {
  return new ParleyError('stream_gone', 'The agent that was asked has no such stream any more.');
}

const nameOf = (peerKey: string, id: StreamId) => `${peerKey} ${id}`;
