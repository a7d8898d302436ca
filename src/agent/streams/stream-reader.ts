import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { type StreamEnd, StreamHash } from '../../protocol/crypto/stream-hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { ReadBytes, ReadRange } from './served-stream.ts';
import type { WaitTurns } from './wait-turns.ts';

/** Bytes of one read: SubtleCrypto is at its best with these. */
const partBytes = 256 * 1024;
/** Reads that are under way at once while bytes flow. */
const readsAhead = 3;
/** Seconds that a read waits when others want to wait too. */
const shortWait = 1;
/** Milliseconds before a peer that has let nobody wait is asked again, and before one is asked without a turn to wait: those who have them may never answer. */
const emptyMs = 900;
const turnMs = 3_000;
/** Milliseconds without a read after which the stream is kept by one of no bytes, and how often in a row: 30 minutes. */
const keepAfterMs = 45_000;
const mostKept = 40;
/** Milliseconds for which a stream is kept that nobody reads here. */
export const unreadMs = keepAfterMs * mostKept;

/** What a stream is read with. */
export interface StreamReaderDeps {
  readonly subtle: Subtle;
  readonly scheduler: Scheduler;
  readonly turns: WaitTurns;
  /** Where the peer is reached. */
  readonly origin: string;
  /** Asks the peer for bytes. Rejects with what the peer answers, and when it cannot be reached for long. */
  read(range: ReadRange): Promise<ReadBytes>;
  /** Hears that nobody has asked for more in 30 minutes: the stream is no longer kept. */
  abandoned?(): void;
}

/** What is known of a stream before it is read. */
export interface StreamBegin {
  /** The size that was announced. */
  readonly size?: number | undefined;
  /** Hashes of the blocks of 1 MiB that an earlier reader has: this one goes on behind them. */
  readonly digests?: readonly Bytes[] | undefined;
  /** What the earlier reader has behind these blocks, less than 1 MiB: it is hashed, and not read again. */
  readonly tail?: Bytes | undefined;
  /**
   * Hashes of the blocks of something longer that lie before the stream's first byte: a file that goes on in another stream. The reader
   * gives its `digests` with these in front.
   */
  readonly before?: readonly Bytes[] | undefined;
}

/** Reads a stream of a peer: in order, each byte once, and whole only when it hashes to what its owner says. */
export class StreamReader {
  readonly #deps: StreamReaderDeps;
  readonly #size: number | undefined;
  readonly #hash: StreamHash;
  /** How many blocks lie before the stream. */
  readonly #before: number;
  /** Reads under way, by their offset. */
  readonly #ahead = new Map<number, Promise<ReadBytes>>();
  readonly #tail: Promise<void>;
  /** The offset before which bytes are stored here; undefined where what was returned counts as that. */
  #stored: number | undefined;
  #isFlowing = false;
  #end: StreamEnd | undefined;
  #failure: ParleyError | undefined;
  #keep: { cancel(): void } | undefined;
  #kept = 0;

  constructor({ size, digests = [], tail = new Uint8Array(0), before = [] }: StreamBegin, deps: StreamReaderDeps) {
    this.#deps = deps;
    this.#size = size;
    this.#hash = new StreamHash(deps.subtle, [...before, ...digests]);
    this.#before = before.length;
    this.#tail = this.#hash.add(tail);
    this.#keepAlive();
  }

  /** The offset of the next byte. */
  get at(): number {
    return this.#hash.size - this.#before * limits.streamPart;
  }

  /** The hashes of the whole blocks that were read, and of the rest at the end: what `StreamBegin` goes on with. */
  get digests(): readonly Bytes[] {
    return this.#hash.digests;
  }

  /** Size and hash of the whole, once all of it has come and hashes to what the peer says. */
  get end(): StreamEnd | undefined {
    return this.#end;
  }

  /**
   * Returns the next bytes; undefined at the end, when all of them hash to what the peer says. Rejects with `stream_corrupt` when they do
   * not, with what `stop` was given, and with what a read rejects with: then it may be called again. Wait for it before the next call.
   */
  async next(): Promise<Bytes | undefined> {
    this.#kept = 0;
    await this.#tail;
    while (this.#end === undefined) {
      const { bytes, end } = await this.#head();
      await this.#hash.add(bytes);
      if (this.#hash.pending > limits.streamBuffersOfPeer) this.#hash.compact();
      if (end !== undefined) await this.#finish(end);
      if (bytes.length > 0) return bytes;
    }
    return undefined;
  }

  /**
   * Says that all before `offset` is stored here, so that it is never asked for again. From its first call on, with 0 before the first
   * read, the peer keeps what lies behind; without a call it lets go of what `next` has returned once more is asked for.
   */
  stored(offset: number): void {
    this.#stored = Math.max(this.#stored ?? 0, Math.min(offset, this.at));
    if (this.#end !== undefined) this.#letGo();
  }

  /** Stops reading: `next` rejects with `error`, and what is under way reaches nobody. Nothing happens at the end. */
  stop(error: ParleyError): void {
    this.#keep?.cancel();
    this.#ahead.clear();
    if (this.#end === undefined) this.#failure ??= error;
  }

  async #head(): Promise<ReadBytes> {
    if (this.#failure !== undefined) throw this.#failure;
    const from = this.at;
    this.#keep?.cancel();
    const given = this.#ahead.get(from);
    this.#ahead.delete(from);
    const read = given === undefined ? this.#waitingRead(from) : this.#orAgain(given, from);
    if (this.#isFlowing) this.#readAhead(from);
    const { bytes, end } = checked(await read.finally(() => this.#keepAlive()), from);
    if (this.#failure !== undefined) throw this.#failure;
    this.#requireSize(from + bytes.length, end);
    this.#isFlowing = bytes.length === partBytes && end === undefined;
    // What was asked for behind a gap is of no use.
    for (const at of this.#ahead.keys()) if (at !== from + bytes.length && !this.#isFlowing) this.#ahead.delete(at);
    return { from, bytes, end };
  }

  /** Throws `stream_corrupt` for more than was announced, and for an end elsewhere. */
  #requireSize(to: number, end: StreamEnd | undefined): void {
    const size = this.#size;
    if (size === undefined || to === size || (to < size && end === undefined)) return;
    const corrupt = new ParleyError(
      'stream_corrupt',
      'The stream has another size than its owner said. Nothing of it counts.',
    );
    this.stop(corrupt);
    throw corrupt;
  }

  /** Settles as a read that was made ahead; one that found nothing yet is made again, and waits. */
  async #orAgain(read: Promise<ReadBytes>, from: number): Promise<ReadBytes> {
    const found = await read;
    return found.bytes.length > 0 || found.end !== undefined ? found : this.#waitingRead(from);
  }

  #readAhead(from: number): void {
    for (let i = 1; i < readsAhead; i++) {
      const at = from + i * partBytes;
      if (this.#ahead.has(at) || (this.#size !== undefined && at > this.#size)) continue;
      const read = this.#deps.read({ from: at, most: partBytes, release: this.#releasable, wait: 0 });
      // It is looked at when its turn comes, if ever.
      read.catch(() => undefined);
      this.#ahead.set(at, read);
    }
  }

  /** Reads at `from`, and waits there for a byte in its turn. */
  async #waitingRead(from: number): Promise<ReadBytes> {
    const { turns, origin, read } = this.#deps;
    for (;;) {
      const over = turns.take(origin);
      const pause = this.#pause(over === undefined ? turnMs : emptyMs);
      try {
        const wait = over === undefined ? 0 : turns.isWanted(origin) ? shortWait : limits.streamWait;
        const found = await read({ from, most: partBytes, release: this.#releasable, wait });
        if (found.bytes.length > 0 || found.end !== undefined || this.#failure !== undefined) return found;
        over?.();
        await (over === undefined ? turns.next(origin, pause.over) : pause.over);
        if (this.#failure !== undefined) throw this.#failure;
      } finally {
        over?.();
        pause.cancel();
      }
    }
  }

  #pause(ms: number): { readonly over: Promise<void>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.scheduler.after(ms, resolve);
    return { over: promise, cancel: () => timer.cancel() };
  }

  async #finish(end: StreamEnd): Promise<void> {
    const own = await this.#hash.end(this.#before);
    if (own.size !== end.size || !equalConstantTime(own.hash, end.hash)) {
      const corrupt = new ParleyError(
        'stream_corrupt',
        'What came of the stream does not hash to what the peer says. Nothing of it counts.',
      );
      this.stop(corrupt);
      throw corrupt;
    }
    this.#end = own;
    this.#letGo();
  }

  /** The offset before which nothing is asked for again. */
  get #releasable(): number {
    const through = Math.min(this.#stored ?? this.at, this.at);
    // A stream of which all is released is gone: its end could not be asked for again where the answer was lost.
    return this.#end === undefined ? Math.max(0, Math.min(through, this.at - 1)) : through;
  }

  /** Lets the peer forget a stream that has come whole and is stored. If it is not told, its time ends by itself. */
  #letGo(): void {
    const { at } = this;
    if (this.#releasable < at) return;
    this.#keep?.cancel();
    this.#deps.read({ from: at, most: 0, release: at, wait: 0 }).catch(() => undefined);
  }

  /** Keeps the stream while whoever reads it here takes their time, for 30 minutes. */
  #keepAlive(): void {
    this.#keep?.cancel();
    if (this.#failure !== undefined) return;
    this.#keep = this.#deps.scheduler.after(keepAfterMs, () => {
      if (++this.#kept > mostKept) {
        this.stop(new ParleyError('stream_gone', 'Nobody read this stream for 30 minutes. It was ended.'));
        this.#deps.abandoned?.();
        return;
      }
      this.#deps.read({ from: this.at, most: 0, release: this.#releasable, wait: 0 }).catch(() => undefined);
      this.#keepAlive();
    });
  }
}

/** Returns what a peer has answered. Throws `invalid_answer` for what was not asked for. */
function checked(found: ReadBytes, from: number): ReadBytes {
  const { bytes, end } = found;
  const fits =
    found.from === from && bytes.length <= partBytes && (end === undefined || end.size === from + bytes.length);
  if (fits) return found;
  throw new ParleyError('invalid_answer', 'The peer answered with other bytes of the stream than were asked for.');
}
