import type { Bytes } from '../../protocol/bytes.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import {
  isStreamId,
  type StreamHead,
  type StreamId,
  type StreamReadPayload,
  type StreamWritePayload,
} from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { BufferQuota } from './buffer-quota.ts';
import type { GivenStream } from './given-answer.ts';
import { ServedStream } from './served-stream.ts';
import type { StreamWatch } from './shown-stream.ts';
import { StreamTable } from './stream-table.ts';
import { TakenStream } from './taken-stream.ts';
import { WaitTurns } from './wait-turns.ts';

/** Reads of one peer that wait at once: its own rule is 2 (protocol page, section 4.3), and some may be repeated ones. */
export const mostWaiting = 16;

/** What the streams of an agent are held with. */
export interface AgentStreamsDeps {
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
  readonly scheduler: Scheduler;
}

/** Whose request a stream belongs to. */
export interface StreamOwner {
  /** The peer's signing key; see `peerKeyOf`. */
  readonly peerKey: string;
  readonly requestId: string;
}

/** What answers a STREAM_READ. */
export interface ReadAnswer {
  readonly result: JsonObject;
  readonly bytes: Bytes;
}

/** The streams that peers read from this agent and write to it (protocol page, section 4.3), within one share of them for each peer. */
export class AgentStreams {
  readonly #deps: AgentStreamsDeps;
  readonly #quota = new BufferQuota();
  readonly #table: StreamTable<ServedStream | TakenStream>;
  readonly #waits = new WaitTurns(mostWaiting);

  constructor(deps: AgentStreamsDeps) {
    this.#deps = deps;
    this.#table = new StreamTable(deps.scheduler);
  }

  /** Throws `stream_limit_reached` when a peer can have no stream more. */
  requireRoom(peerKey: string): void {
    this.#table.requireRoom(peerKey);
  }

  /**
   * Has a peer read a stream from now on; returns what it is told of it. `shownOf` gives who shows how far it is read. Throws
   * `stream_limit_reached`; then its source is ended.
   */
  serve(
    { peerKey, requestId }: StreamOwner,
    { source, mediaType, size, name, keep, watch }: GivenStream,
    shownOf: (head: StreamHead) => StreamWatch | undefined = () => undefined,
  ): StreamHead {
    const { environment, scheduler } = this.#deps;
    try {
      this.#table.requireRoom(peerKey);
    } catch (cause) {
      source.cancel(cause).catch(() => undefined);
      throw cause;
    }
    const id = this.#newId();
    const head = {
      stream_id: id,
      media_type: mediaType,
      ...(size === undefined ? {} : { size }),
      ...(name === undefined ? {} : { name }),
      ...(keep === undefined ? {} : { keep }),
    };
    const share = this.#quota.share(peerKey);
    const { subtle } = environment;
    const stream = new ServedStream(source, { subtle, scheduler, share, size, watch, shown: shownOf(head) });
    this.#table.add(peerKey, requestId, id, stream, keep);
    watch?.served((error) => {
      stream.fail(error);
      this.#table.drop(peerKey, id);
    });
    return head;
  }

  /** Has a peer write a stream from now on. Throws `stream_limit_reached`, and `malformed_message` for the id of one that there is. */
  take(
    { peerKey, requestId }: StreamOwner,
    { stream_id: id, size, keep }: StreamHead,
    watch?: StreamWatch,
  ): TakenStream {
    if (this.#table.has(peerKey, id)) {
      throw new ParleyError('malformed_message', 'There is a stream of this id already.');
    }
    this.#table.requireRoom(peerKey);
    const share = this.#quota.share(peerKey);
    const stream = new TakenStream({ subtle: this.#deps.environment.subtle, share, size, watch });
    this.#table.add(peerKey, requestId, id, stream, keep);
    return stream;
  }

  /** Forgets a stream of a request that has not run: it can be written anew under its id. */
  forget(peerKey: string, id: StreamId): void {
    this.#table.drop(peerKey, id);
  }

  /** Says that a request was answered whose body this stream was: its place is free, and its last write is still answered for a while. */
  close(peerKey: string, id: StreamId): void {
    this.#table.close(peerKey, id);
  }

  /** True while a peer can still read or write this stream. */
  has(peerKey: string, id: StreamId): boolean {
    return this.#table.isLive(peerKey, id);
  }

  /** Answers a STREAM_READ. Rejects with `stream_gone`, `malformed_message`, `stream_failed` or `cancelled`. */
  async read(peerKey: string, asked: StreamReadPayload): Promise<ReadAnswer> {
    const { from, release, max_bytes: most, stream_id: id } = asked;
    const over = asked.wait > 0 ? this.#waits.take(peerKey) : undefined;
    // One more than may wait is answered with what there is.
    const wait = over === undefined ? 0 : asked.wait;
    const reading = this.#table.using(peerKey, id, async (stream) => {
      if (!(stream instanceof ServedStream)) throw wrongWay();
      const found = await stream.read({ from, most, release, wait });
      if (stream.isReleased) this.#table.drop(peerKey, id);
      return found;
    });
    const { bytes, end } = await reading.finally(over);
    const result = { from, length: bytes.length, done: end !== undefined };
    if (end === undefined) return { result, bytes };
    return { result: { ...result, size: end.size, hash: encodeBase64(end.hash) }, bytes };
  }

  /** Answers a STREAM_WRITE: the offset wanted next. Rejects with `stream_gone`, `malformed_message`, `stream_corrupt`, `stream_failed` or `cancelled`. */
  async write(peerKey: string, written: StreamWritePayload, bytes: Bytes): Promise<number> {
    const { from, size, hash, stream_id: id } = written;
    const end = size === undefined || hash === undefined ? undefined : { size, hash };
    return this.#table.using(peerKey, id, async (stream) => {
      if (!(stream instanceof TakenStream)) throw wrongWay();
      return stream.write({ from, bytes, end });
    });
  }

  /** Ends the streams of a request; returns whether there were any. Their next read or write is told `error`. */
  end({ peerKey, requestId }: StreamOwner, error: ParleyError): boolean {
    return this.#table.cancel(peerKey, requestId, error);
  }

  /** Ends all streams of a peer, or of everybody, and forgets them. */
  endAll(error: ParleyError, peerKey?: string): void {
    this.#table.end(error, peerKey);
  }

  #newId(): StreamId {
    const id = toHex(this.#deps.environment.random(16));
    if (!isStreamId(id)) throw new ParleyError('internal_error', 'Sixteen bytes did not make an id.');
    return id;
  }
}

/** To a peer, a stream that goes the other way is not there. */
function wrongWay(): ParleyError {
  return new ParleyError('stream_gone', 'The agent that was asked has no such stream any more.');
}
