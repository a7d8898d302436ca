import type { Bytes } from '../../protocol/bytes.ts';
import { type StreamEnd, StreamHash } from '../../protocol/crypto/stream-hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { BufferShare } from './buffer-quota.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteWindow } from './byte-window.ts';
import type { ServingWatch } from './given-answer.ts';
import { HeldBytes } from './held-bytes.ts';
import { paced } from './paced.ts';
import type { StreamWatch } from './shown-stream.ts';
import { Slab } from './slab.ts';

/** What a STREAM_READ asks for (protocol page, section 4.3). */
export interface ReadRange {
  readonly from: number;
  readonly most: number;
  /** The offset before which the reader never asks again. */
  readonly release: number;
  /** Seconds to wait for at least one byte. */
  readonly wait: number;
}

/** Bytes of a stream that were asked for. */
export interface ReadBytes {
  readonly from: number;
  readonly bytes: Bytes;
  /** Size and hash of the whole, when these are its last bytes. */
  readonly end: StreamEnd | undefined;
}

/** What a served stream works with. */
export interface ServedStreamDeps {
  readonly subtle: Subtle;
  readonly scheduler: Scheduler;
  readonly share: BufferShare;
  /** The size that was announced. */
  readonly size?: number | undefined;
  readonly watch?: Pick<ServingWatch, 'hashed' | 'released'> | undefined;
  /** Hears how far it was read. */
  readonly shown?: StreamWatch | undefined;
}

/** A stream of this agent that a peer reads: no more of it is taken from its source than the reader leaves room for. */
export class ServedStream {
  readonly #source: ByteSource;
  readonly #deps: ServedStreamDeps;
  readonly #hash: StreamHash;
  readonly #window = new ByteWindow();
  readonly #held: HeldBytes;
  readonly #slab = new Slab();
  readonly #waiting = new Set<() => void>();
  /** Bytes that have come from the source, and found no room yet. */
  #rest: Bytes | undefined;
  #isPumping = false;
  /** The offset before which the reader never asks again: what lies before it goes as it comes. */
  #released = 0;
  /** The offset up to which the reader has asked. */
  #wanted = 0;
  #end: StreamEnd | undefined;
  #failure: ParleyError | undefined;

  constructor(source: ByteSource, deps: ServedStreamDeps) {
    this.#source = paced(source);
    this.#deps = deps;
    this.#hash = new StreamHash(deps.subtle, [], (digest) => deps.watch?.hashed(digest));
    this.#held = new HeldBytes(deps.share, this.#window, this.#hash);
    void this.#pump();
  }

  /** True once the reader has said that it never asks again. */
  get isReleased(): boolean {
    return this.#end !== undefined && this.#window.from === this.#end.size;
  }

  /** True once it has been ended early, or has failed. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /** Bytes that are kept of it. */
  get held(): number {
    return this.#held.count;
  }

  /**
   * Returns bytes from an offset on: at once where there are some, else after as long as the reader waits. Rejects with `stream_gone` for
   * bytes that were released, `malformed_message` beyond the end, and with `stream_failed` or `cancelled`.
   */
  async read({ from, most, release, wait }: ReadRange): Promise<ReadBytes> {
    if (release > from) throw new ParleyError('malformed_message', 'What is asked for is released in the same read.');
    this.#requireReadable(from);
    this.#release(release);
    this.#wanted = Math.max(this.#wanted, from + most);
    void this.#pump();
    if (most > 0 && wait > 0) await this.#available(from, wait);
    this.#requireReadable(from);
    const bytes = from >= this.#window.to ? new Uint8Array(0) : this.#window.slice(from, most);
    const end = this.#end !== undefined && from + bytes.length === this.#end.size ? this.#end : undefined;
    if (most > 0) this.#deps.shown?.moved(from + bytes.length);
    if (end !== undefined) this.#deps.shown?.whole(end);
    return { from, bytes, end };
  }

  /** Ends it: who reads on is told `error`, and its source is told too. */
  fail(error: ParleyError): void {
    if (this.#failure !== undefined) return;
    const isRunning = this.#end === undefined;
    this.#failure = error;
    this.#rest = undefined;
    this.#window.clear();
    this.#hash.drop();
    this.#deps.share.end();
    this.#wake();
    this.#deps.shown?.ended(error);
    if (isRunning) this.#source.cancel(error).catch(() => undefined);
  }

  #requireReadable(from: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (from < this.#window.from) throw new ParleyError('stream_gone', 'These bytes were released before.');
    const size = this.#end?.size ?? this.#deps.size;
    if (size !== undefined && from > size) {
      throw new ParleyError('malformed_message', 'The stream is shorter than what is asked for.');
    }
  }

  #release(offset: number): void {
    this.#released = Math.max(this.#released, offset);
    if (this.#window.release(offset) === 0) return;
    this.#deps.watch?.released(this.#window.from);
    this.#held.settle();
    void this.#pump();
  }

  /** Resolves when there is a byte at `from`, when there will be none, or after `seconds`. */
  async #available(from: number, seconds: number): Promise<void> {
    const timer = Promise.withResolvers<void>();
    const timeout = this.#deps.scheduler.after(1_000 * seconds, () => timer.resolve());
    let isLate = false;
    const late = timer.promise.then(() => {
      isLate = true;
    });
    try {
      while (!isLate && this.#failure === undefined && this.#end === undefined && this.#window.to <= from) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.add(resolve);
        await Promise.race([promise, late]);
        this.#waiting.delete(resolve);
      }
    } finally {
      timeout.cancel();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }

  /** False once it is over, and while there is more than a reader at this pace will ask for next: what nobody reads is not made. */
  get #isWanted(): boolean {
    if (this.#end !== undefined || this.#failure !== undefined) return false;
    return this.#window.to < Math.max(this.#wanted, this.#released) + limits.streamBuffer;
  }

  /** Takes from the source as long as there is room, and somebody reads. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#isWanted && (await this.#takeOne())) this.#wake();
    } catch (cause) {
      const failed = 'The stream failed where its bytes come from.';
      const { code, detail } = asParleyError(cause, 'stream_failed', failed);
      this.fail(
        code === 'cancelled' || code === 'stream_failed'
          ? new ParleyError(code, detail, { cause })
          : new ParleyError('stream_failed', failed, { cause }),
      );
    } finally {
      this.#isPumping = false;
      this.#wake();
    }
  }

  /** Takes one part. False when there is no room for it now. */
  async #takeOne(): Promise<boolean> {
    const { size } = this.#deps;
    const bytes = this.#rest ?? (await this.#source.next());
    if (this.#failure !== undefined) return false;
    if (bytes === undefined) {
      const end = await this.#hash.end();
      if (this.#failure !== undefined) return false;
      if (size !== undefined && size !== end.size) {
        throw new ParleyError('stream_failed', 'The stream has another size than was announced.');
      }
      this.#end = end;
      return true;
    }
    const room = this.#held.take(Math.min(bytes.length, limits.streamPart));
    this.#rest = room < bytes.length ? bytes.subarray(room) : undefined;
    if (room === 0) return bytes.length === 0;
    const part = this.#slab.keep(bytes.subarray(0, room));
    if (size !== undefined && this.#window.to + room > size) {
      throw new ParleyError('stream_failed', 'The stream has another size than was announced.');
    }
    await this.#hash.add(part);
    if (this.#failure !== undefined) return false;
    this.#window.push(part);
    this.#window.release(this.#released);
    this.#held.settle();
    return true;
  }
}
