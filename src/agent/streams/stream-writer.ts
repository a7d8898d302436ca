import type { Bytes } from '../../protocol/bytes.ts';
import { type StreamEnd, StreamHash } from '../../protocol/crypto/stream-hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteWindow } from './byte-window.ts';
import { paced } from './paced.ts';
import { Slab } from './slab.ts';
import type { WrittenBytes } from './taken-stream.ts';

/** Bytes of one write: SubtleCrypto is at its best with these. */
const partBytes = 256 * 1024;
/** Milliseconds before a write is repeated whose receiver has no room: the first, and the longest. */
const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** Milliseconds for which the source is waited for before a write of no bytes keeps the stream. */
const keepAfterMs = 45_000;

/** What a stream is written with. */
export interface StreamWriterDeps {
  readonly subtle: Subtle;
  readonly scheduler: Scheduler;
  /** The size that was announced. */
  readonly size?: number | undefined;
  readonly signal: AbortSignal;
  /** Brings bytes to the peer; returns the offset that it wants next. Rejects with what the peer answers, and when it cannot be reached for long. */
  write(written: WrittenBytes): Promise<number>;
  /** Hears how many bytes the peer has. */
  progress?(bytes: number): void;
}

/** Writes a stream to a peer, as fast as the peer takes it: no more than one part is taken from the source ahead. */
export class StreamWriter {
  readonly #source: ByteSource;
  readonly #deps: StreamWriterDeps;
  readonly #hash: StreamHash;
  /** What the peer does not have yet. */
  readonly #window = new ByteWindow();
  readonly #slab = new Slab();
  #rest: Bytes | undefined;
  /** What the source was asked for and has not given yet. */
  #asked: Promise<Bytes | undefined> | undefined;
  #end: StreamEnd | undefined;

  constructor(source: ByteSource, deps: StreamWriterDeps) {
    this.#source = paced(source);
    this.#deps = deps;
    this.#hash = new StreamHash(deps.subtle);
  }

  /** True once its source has given all: what is left is on its way. */
  get isLast(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Writes all of it; resolves once the peer has it whole, with its size and hash. Rejects with `stream_failed` when the source has another
   * size than was announced, with the reason of the signal, with what the source rejects with and with what a write rejects with. The
   * source is told of every end but its own.
   */
  async run(): Promise<StreamEnd> {
    try {
      let pauseMs = firstPauseMs;
      for (;;) {
        this.#deps.signal.throwIfAborted();
        await this.#fill();
        this.#deps.signal.throwIfAborted();
        const before = this.#window.from;
        if (await this.#writeOne()) return this.#whole();
        if (this.#window.from > before || this.#window.from === this.#window.to) pauseMs = firstPauseMs;
        else {
          await this.#pause(pauseMs);
          pauseMs = Math.min(2 * pauseMs, longestPauseMs);
        }
      }
    } catch (cause) {
      if (this.#end === undefined) await this.#source.cancel(cause).catch(() => undefined);
      throw cause;
    }
  }

  #whole(): StreamEnd {
    if (this.#end === undefined) throw new ParleyError('internal_error', 'A stream that has not ended is not whole.');
    return this.#end;
  }

  /** Takes from the source until there is something to write, no more, or a while has passed. */
  async #fill(): Promise<void> {
    while (this.#end === undefined && this.#window.to - this.#window.from < partBytes) {
      const bytes = this.#rest ?? (await this.#next());
      if (bytes === 'later') return;
      if (bytes === undefined) {
        this.#end = await this.#hash.end();
        break;
      }
      const part = this.#slab.keep(bytes.subarray(0, partBytes));
      this.#rest = part.length < bytes.length ? bytes.subarray(part.length) : undefined;
      await this.#hash.add(part);
      this.#window.push(part);
      // A source that is slow is not waited for: what there is goes out.
      if (this.#rest === undefined && this.#window.to > this.#window.from) break;
    }
    this.#requireSize();
  }

  async #next(): Promise<Bytes | undefined | 'later'> {
    this.#asked ??= this.#source.next();
    // When the writing ends before it comes, nobody hears of it.
    this.#asked.catch(() => undefined);
    const { promise: late, resolve } = Promise.withResolvers<'later'>();
    const timer = this.#deps.scheduler.after(keepAfterMs, () => resolve('later'));
    const hear = () => resolve('later');
    this.#deps.signal.addEventListener('abort', hear, { once: true });
    const bytes = await Promise.race([this.#asked, late]);
    timer.cancel();
    this.#deps.signal.removeEventListener('abort', hear);
    if (bytes !== 'later') this.#asked = undefined;
    return bytes;
  }

  #requireSize(): void {
    const { size } = this.#deps;
    if (size === undefined) return;
    if (this.#window.to <= size && (this.#end === undefined || this.#end.size === size)) return;
    throw new ParleyError('stream_failed', 'The stream has another size than was announced.');
  }

  /** Writes one part. True when the peer has the whole. */
  async #writeOne(): Promise<boolean> {
    const from = this.#window.from;
    const bytes = this.#window.slice(from, partBytes);
    const end = this.#end?.size === from + bytes.length ? this.#end : undefined;
    const next = await this.#deps.write({ from, bytes, end });
    if (next < from || next > from + bytes.length) {
      throw new ParleyError('stream_gone', 'The peer wants bytes of the stream that it had before.');
    }
    this.#window.release(next);
    this.#deps.progress?.(next);
    return end !== undefined && next === end.size;
  }

  async #pause(ms: number): Promise<void> {
    const { scheduler, signal } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = scheduler.after(ms, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    timer.cancel();
  }
}
