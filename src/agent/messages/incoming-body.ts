import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { ResponseToSend } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { isStreamId, type StreamHead, type StreamId } from '../../protocol/wire/stream-payloads.ts';
import type { BodyView } from '../contracts/body-views.ts';
import { Emitter } from '../contracts/emitter.ts';
import type { AgentStreams, StreamOwner } from '../streams/agent-streams.ts';
import type { GivenAnswer } from '../streams/given-answer.ts';
import { type RequestBody, requestBody, wholeBody } from '../streams/request-body.ts';
import { shownBytes } from '../streams/shown-bytes.ts';
import { ShownStream } from '../streams/shown-stream.ts';
import type { TakenStream } from '../streams/taken-stream.ts';

/** The bytes of a request: those beside it, or those that follow as STREAM_WRITE. */
export class IncomingBody {
  readonly #streams: AgentStreams;
  readonly #owner: StreamOwner;
  readonly #bytes: Bytes | undefined;
  readonly #head: StreamHead | undefined;
  readonly #taken: TakenStream | undefined;
  readonly #shown: ShownStream | undefined;
  /** Tells what is shown of it while it comes, and at its end. */
  readonly changes = new Emitter<BodyView>();

  /** Has a stream of the request written from now on. Throws `stream_limit_reached`, and `malformed_message` for the id of one that there is. */
  constructor(
    streams: AgentStreams,
    owner: StreamOwner,
    { bytes, stream }: { readonly bytes?: Bytes | undefined; readonly stream?: StreamHead | undefined },
  ) {
    this.#streams = streams;
    this.#owner = owner;
    this.#bytes = bytes;
    this.#head = stream;
    if (stream === undefined) return;
    this.#shown = new ShownStream(stream, (view) => this.changes.emit(view));
    this.#taken = streams.take(owner, stream, this.#shown);
  }

  /** Returns what is shown of it now; undefined for a request without bytes. */
  async view(environment: Pick<Environment, 'subtle'>): Promise<BodyView | undefined> {
    return this.#shown?.view ?? (await shownBytes(environment, this.#bytes));
  }

  /** Returns what the handler reads; undefined for a request without bytes. */
  open(): RequestBody | undefined {
    if (this.#taken !== undefined && this.#head !== undefined) {
      const { media_type: mediaType, size, name } = this.#head;
      return requestBody(
        { mediaType, ...(size === undefined ? {} : { size }), ...(name === undefined ? {} : { name }) },
        this.#taken.readable,
      );
    }
    return this.#bytes === undefined ? undefined : wholeBody(this.#bytes);
  }

  /** Ends what nobody reads any more: the request was answered. */
  end(): void {
    this.#taken?.drop(new ParleyError('cancelled', 'The request was answered, and the rest of its body is not read.'));
  }

  /** Ends it. `hasRun` says whether the request was answered; else it may come again. */
  close(hasRun: boolean): void {
    this.end();
    if (this.#head === undefined) return;
    const { stream_id: id } = this.#head;
    if (hasRun) this.#streams.close(this.#owner.peerKey, id);
    else this.#streams.forget(this.#owner.peerKey, id);
  }
}

/** Returns an answer as the peer can take it. Throws `handler_failed` for bytes and streams to a peer that says nothing of them. */
export function readableFor({ peerExtensions }: Session, given: GivenAnswer): GivenAnswer {
  const isTaken =
    (given.bytes === undefined || peerExtensions?.attachment === true) &&
    (given.stream === undefined || peerExtensions?.stream === true);
  if (isTaken) return given;
  const failed = new ParleyError(
    'handler_failed',
    'The answer has bytes, and this version of the peer takes JSON alone.',
  );
  given.stream?.source.cancel(failed).catch(() => undefined);
  throw failed;
}

/**
 * Returns an answer that was given before as it is told over a session: nothing of what its peer's hello says nothing of (protocol page,
 * section 4.1). Throws `handler_failed` for bytes and streams to such a peer.
 */
export function tellableTo({ peerExtensions }: Pick<Session, 'peerExtensions'>, given: ResponseToSend): ResponseToSend {
  const isTold =
    (given.attachment === undefined || peerExtensions?.attachment === true) &&
    (given.json.status !== 'STREAM' || peerExtensions?.stream === true);
  if (isTold) return given;
  throw new ParleyError('handler_failed', 'The answer has bytes, and this version of the peer takes JSON alone.');
}

/** Returns the id in an answer that is a stream. */
export function streamIdOf({ status, stream }: JsonObject): StreamId | undefined {
  if (status !== 'STREAM' || typeof stream !== 'object' || stream === null || Array.isArray(stream)) return undefined;
  const id: unknown = Object.entries(stream).find(([name]) => name === 'stream_id')?.[1];
  return typeof id === 'string' && isStreamId(id) ? id : undefined;
}
