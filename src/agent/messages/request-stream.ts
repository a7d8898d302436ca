import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { StreamEnd } from '../../protocol/crypto/stream-hash.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { isStreamId, type StreamHead, type StreamId } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { GivenStream } from '../streams/given-answer.ts';
import type { StreamWatch } from '../streams/shown-stream.ts';
import { StreamWriter } from '../streams/stream-writer.ts';
import type { Sending } from './sending.ts';
import type { StreamCalls } from './stream-calls.ts';

/** Milliseconds for which the answer to the last write is waited for. */
const lastMs = 2_000;

/** What the body of a request is written with. */
export interface RequestStreamDeps {
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
  readonly scheduler: Scheduler;
  readonly calls: StreamCalls;
  /** The request that it belongs to: it ends with it, and the request with it. */
  readonly sending: Sending;
  /** Gives who shows how far it has come. */
  readonly shownOf?: ((head: StreamHead) => StreamWatch) | undefined;
}

/** The body of a request that goes as a stream (protocol page, section 4.3): written once the peer has the request. */
export class RequestStream {
  readonly head: StreamHead;
  readonly #given: GivenStream;
  readonly #deps: RequestStreamDeps;
  readonly #ending = new AbortController();
  readonly #shown: StreamWatch | undefined;
  #writer: StreamWriter | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(given: GivenStream, deps: RequestStreamDeps) {
    const { mediaType, size, name, keep } = given;
    this.#given = given;
    this.#deps = deps;
    this.head = {
      stream_id: newStreamId(deps.environment),
      media_type: mediaType,
      ...(size === undefined ? {} : { size }),
      ...(name === undefined ? {} : { name }),
      ...(keep === undefined ? {} : { keep }),
    };
    this.#shown = deps.shownOf?.(this.head);
  }

  /** Begins to write it, the first time. A body that cannot be written ends its request. */
  start(): void {
    if (this.#writer !== undefined) return;
    const { environment, scheduler, calls, sending } = this.#deps;
    const signal = AbortSignal.any([this.#ending.signal, sending.signal]);
    this.#writer = new StreamWriter(this.#given.source, {
      subtle: environment.subtle,
      scheduler,
      size: this.#given.size,
      signal,
      progress: (bytes) => this.#shown?.moved(bytes),
      write: (written) => calls.write(sending.peerId, this.head.stream_id, written, signal),
    });
    const whole = (end: StreamEnd) => this.#shown?.whole(end);
    this.#written = this.#writer.run().then(whole, (cause: unknown) => {
      const unread = 'The bytes of the request could not be read where they come from.';
      const error = asParleyError(cause, 'stream_failed', unread);
      this.#shown?.ended(error);
      // A peer that has answered reads no more of it: the answer counts.
      if (!signal.aborted && error.code !== 'cancelled' && error.code !== 'stream_gone') sending.fail(error);
    });
  }

  /** Ends it with its request. The answer to its last write may come after the answer to the request: that is waited for. */
  async end(): Promise<void> {
    const over = new ParleyError('cancelled', 'The request was answered.');
    if (this.#writer?.isLast === true) {
      await Promise.race([this.#written, this.#deps.sending.pause(lastMs)]).catch(() => undefined);
    }
    this.#ending.abort(over);
    this.#shown?.ended(over);
    if (this.#writer === undefined) this.#given.source.cancel(over).catch(() => undefined);
  }
}

function newStreamId({ random }: Pick<Environment, 'random'>): StreamId {
  const id = toHex(random(16));
  if (!isStreamId(id)) throw new ParleyError('internal_error', 'Sixteen bytes did not make an id.');
  return id;
}
