import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { type StreamEnd, StreamHash } from '../../protocol/crypto/stream-hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { BufferShare } from './buffer-quota.ts';
import { ByteWindow } from './byte-window.ts';
import { HeldBytes } from './held-bytes.ts';
import type { StreamWatch } from './shown-stream.ts';
import { Slab } from './slab.ts';

/** What a STREAM_WRITE brings (protocol page, section 4.3). */
export interface WrittenBytes {
  readonly from: number;
  readonly bytes: Bytes;
  /** Size and hash of the whole, when these are its last bytes. */
  readonly end: StreamEnd | undefined;
}

/** What a taken stream works with. */
export interface TakenStreamDeps {
  readonly subtle: Subtle;
  readonly share: BufferShare;
  /** The size that was announced. */
  readonly size?: number | undefined;
  /** Hears how far it has come. */
  readonly watch?: StreamWatch | undefined;
}

/** A stream that a peer writes to this agent: no more of it is taken than whoever reads it here leaves room for. */
export class TakenStream {
  /** The bytes, in order. It closes only once all of them have come and hash to what their sender says; else it errors. */
  readonly readable: ReadableStream<Bytes>;
  readonly #deps: TakenStreamDeps;
  readonly #hash: StreamHash;
  readonly #window = new ByteWindow();
  readonly #held: HeldBytes;
  readonly #slab = new Slab();
  #last: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;
  #end: StreamEnd | undefined;
  #failure: ParleyError | undefined;

  constructor(deps: TakenStreamDeps) {
    this.#deps = deps;
    this.#hash = new StreamHash(deps.subtle);
    this.#held = new HeldBytes(deps.share, this.#window, this.#hash);
    this.readable = new ReadableStream<Bytes>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.drop(notWanted()) },
      { highWaterMark: 0 },
    );
  }

  /** True once all of it has come. */
  get isWhole(): boolean {
    return this.#end !== undefined;
  }

  /** True once it has been ended early. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /** Bytes that are kept of it. */
  get held(): number {
    return this.#held.count;
  }

  /**
   * Takes bytes at the offset that is wanted next, as far as there is room, and returns the offset that is wanted then; at any other
   * offset nothing changes. Rejects with `malformed_message` beyond the announced size, `stream_corrupt` when the end does not fit, and
   * with `stream_failed` or `cancelled`.
   */
  async write(written: WrittenBytes): Promise<number> {
    const work = this.#last.then(() => this.#write(written));
    this.#last = work.catch(() => undefined);
    return work;
  }

  /** Ends it: whoever reads it here, and the next write, are told `error`. What has come whole stays to be read. */
  fail(error: ParleyError): void {
    if (this.#failure !== undefined || this.#end !== undefined) return;
    this.#failure = error;
    this.#letGo();
    this.#wake();
    this.#deps.watch?.ended(error);
  }

  /** Ends it also when it is whole: nobody reads it any more. */
  drop(error: ParleyError): void {
    this.fail(error);
    this.#failure ??= error;
    this.#letGo();
  }

  #letGo(): void {
    this.#window.clear();
    this.#hash.drop();
    this.#deps.share.end();
  }

  async #write({ from, bytes, end }: WrittenBytes): Promise<number> {
    // What has come whole is answered as before, whoever reads it.
    if (this.#failure !== undefined && this.#end === undefined) throw this.#failure;
    const { size } = this.#deps;
    if (size !== undefined && from + bytes.length > size) {
      throw new ParleyError('malformed_message', 'The stream is longer than was announced.');
    }
    if (from === this.#window.to && this.#end === undefined) await this.#take(bytes);
    if (end !== undefined && from + bytes.length === this.#window.to) await this.#finish(end);
    return this.#window.to;
  }

  async #take(bytes: Bytes): Promise<void> {
    const room = this.#held.take(bytes.length);
    // A part alone would hold all of what it is a part of.
    const part = this.#slab.keep(room < bytes.length ? bytes.slice(0, room) : bytes);
    await this.#hash.add(part);
    if (this.#failure !== undefined) throw this.#failure;
    this.#window.push(part);
    this.#held.settle();
    this.#wake();
    this.#deps.watch?.moved(this.#window.to, part);
  }

  async #finish(end: StreamEnd): Promise<void> {
    const own = this.#end ?? (await this.#hash.end());
    if (this.#failure !== undefined && this.#end === undefined) throw this.#failure;
    const { size = own.size } = this.#deps;
    if (own.size !== size || own.size !== end.size || !equalConstantTime(own.hash, end.hash)) {
      const corrupt = new ParleyError(
        'stream_corrupt',
        'What came of the stream has not the size that its sender says, or does not hash to what it says.',
      );
      if (this.#end === undefined) this.fail(corrupt);
      throw corrupt;
    }
    this.#end = own;
    this.#wake();
    this.#deps.watch?.whole(own);
  }

  async #pull(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    while (this.#failure === undefined && this.#end === undefined && this.#window.from === this.#window.to) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#window.from === this.#window.to) {
      controller.close();
      return;
    }
    const bytes = this.#window.slice(this.#window.from, limits.streamBuffer);
    this.#window.release(this.#window.from + bytes.length);
    this.#held.settle();
    controller.enqueue(bytes);
  }
}

function notWanted(): ParleyError {
  return new ParleyError('cancelled', 'The agent that was asked reads no more of this stream.');
}
