import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { isStreamId, type StreamHead, type StreamId } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { GivenStream } from '../streams/given-answer.ts';
import { StreamWriter } from '../streams/stream-writer.ts';
import type { Sending } from './sending.ts';
import type { StreamCalls } from './stream-calls.ts';

/** What the body of a request is written with. */
export interface RequestStreamDeps {
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
  readonly scheduler: Scheduler;
  readonly calls: StreamCalls;
  /** The request that it belongs to: it ends with it, and the request with it. */
  readonly sending: Sending;
}

/** The body of a request that goes as a stream (protocol page, section 4.3): written once the peer has the request. */
export class RequestStream {
  readonly head: StreamHead;
  readonly #given: GivenStream;
  readonly #deps: RequestStreamDeps;
  readonly #ending = new AbortController();
  #isStarted = false;

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
  }

  /** Begins to write it, the first time. A body that cannot be written ends its request. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { environment, scheduler, calls, sending } = this.#deps;
    const signal = AbortSignal.any([this.#ending.signal, sending.signal]);
    const writer = new StreamWriter(this.#given.source, {
      subtle: environment.subtle,
      scheduler,
      size: this.#given.size,
      signal,
      write: (written) => calls.write(sending.peerId, this.head.stream_id, written, signal),
    });
    writer.run().catch((cause: unknown) => {
      const error = asParleyError(cause, 'stream_failed');
      // A peer that has answered reads no more of it: the answer counts.
      if (!signal.aborted && error.code !== 'cancelled' && error.code !== 'stream_gone') sending.fail(error);
    });
  }

  /** Ends it with its request. */
  end(): void {
    const over = new ParleyError('cancelled', 'The request was answered.');
    this.#ending.abort(over);
    if (!this.#isStarted) this.#given.source.cancel(over).catch(() => undefined);
  }
}

function newStreamId({ random }: Pick<Environment, 'random'>): StreamId {
  const id = toHex(random(16));
  if (!isStreamId(id)) throw new ParleyError('internal_error', 'Sixteen bytes did not make an id.');
  return id;
}
