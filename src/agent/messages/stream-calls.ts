import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import {
  readCancelResult,
  readStreamReadResult,
  readStreamWriteResult,
  type StreamId,
} from '../../protocol/wire/stream-payloads.ts';
import type { ReadBytes, ReadRange } from '../streams/served-stream.ts';
import type { WrittenBytes } from '../streams/taken-stream.ts';
import { Delivery, type DeliveryDeps, type Message } from './delivery.ts';
import { peerError, readPeerError } from './refusal.ts';
import { Sending } from './sending.ts';

/** Milliseconds for which a peer is told of a cancellation. */
const cancelMs = 10_000;

/** Milliseconds for which whoever ends a session waits until its peer has heard what was cancelled. */
const toldMs = 2_000;

/** What streams of peers are read and written with. */
export interface StreamCallsDeps extends DeliveryDeps {
  newId(): string;
}

/** Reads and writes streams of peers, and cancels requests (protocol page, section 4.3). None of it is a part of the conversation, or kept. */
export class StreamCalls {
  readonly #deps: StreamCallsDeps;
  readonly #delivery: Delivery;
  readonly #underWay = new Set<Sending>();
  /** Cancellations that peers have not heard of yet. */
  readonly #telling = new Map<Promise<unknown>, { readonly name: string; readonly ending: AbortController }>();

  constructor(deps: StreamCallsDeps) {
    this.#deps = deps;
    this.#delivery = new Delivery(deps);
  }

  /** Reads bytes of a stream. Rejects with the peer's code, with what the last try threw, and with `invalid_answer`. */
  async read(peerId: string, id: StreamId, range: ReadRange, signal: AbortSignal): Promise<ReadBytes> {
    const { from, most, release, wait } = range;
    const about = { message_type: 'STREAM_READ', stream_id: id, from, max_bytes: most, release, wait };
    const { result, attachment } = await this.#call(peerId, about, { signal });
    const read = readStreamReadResult(result);
    const bytes = attachment ?? new Uint8Array(0);
    if (read === undefined || read.length !== bytes.length || read.length > most) throw notAnAnswer();
    const { size, hash } = read;
    return { from: read.from, bytes, end: size === undefined || hash === undefined ? undefined : { size, hash } };
  }

  /** Writes bytes of a stream; returns the offset that the peer wants next. Rejects as `read` does. */
  async write(peerId: string, id: StreamId, { from, bytes, end }: WrittenBytes, signal: AbortSignal): Promise<number> {
    const about = { message_type: 'STREAM_WRITE', stream_id: id, from, done: end !== undefined };
    const whole = end === undefined ? about : { ...about, size: end.size, hash: encodeBase64(end.hash) };
    const { result } = await this.#call(peerId, whole, { signal, attachment: bytes });
    const next = readStreamWriteResult(result);
    if (next === undefined) throw notAnAnswer();
    return next;
  }

  /** Tells a peer that nobody waits for a request any more, where there is a session with one that knows what that is; true when it has ended something. */
  async cancel(peerId: string, requestId: string): Promise<boolean> {
    if (this.#deps.sessions.withPeer(peerId)?.peerExtensions?.stream !== true) return false;
    const ending = new AbortController();
    const about = { message_type: 'CANCEL', cancels: requestId };
    const call = this.#call(peerId, about, { timeout: cancelMs, signal: ending.signal });
    this.#telling.set(call, { name: `${peerId} ${requestId}`, ending });
    try {
      const { result } = await call;
      return readCancelResult(result) === true;
    } finally {
      this.#telling.delete(call);
    }
  }

  /** Tells a peer no longer that nobody waits for a request: it is sent again. */
  withdraw(peerId: string, requestId: string): void {
    const withdrawn = new ParleyError('cancelled', 'The request is sent again.');
    for (const { name, ending } of this.#telling.values()) {
      if (name === `${peerId} ${requestId}`) ending.abort(withdrawn);
    }
  }

  /** Resolves when peers have heard of every cancellation until now, or could not be told: within 2 s. */
  async told(): Promise<void> {
    if (this.#telling.size === 0) return;
    const late = Promise.withResolvers<void>();
    const timer = this.#deps.scheduler.after(toldMs, () => late.resolve());
    await Promise.race([Promise.allSettled(this.#telling.keys()), late.promise]);
    timer.cancel();
  }

  /** Ends every call, since the agent stops. */
  stop(reason?: ParleyError): void {
    for (const sending of this.#underWay) sending.stop(reason);
  }

  async #call(
    peerId: string,
    about: JsonObject,
    {
      attachment,
      ...impatience
    }: { readonly attachment?: Bytes; readonly signal?: AbortSignal; readonly timeout?: number },
  ) {
    const { scheduler, newId } = this.#deps;
    const requestId = `stream_${newId()}`;
    const sending = new Sending({ peerId, requestId }, impatience, { scheduler, put: () => undefined });
    this.#underWay.add(sending);
    try {
      const message: Message = { ...about, request_id: requestId };
      const { response, attachment: bytes } = await this.#delivery.deliver(sending, message, { attachment });
      if (response.status === 'ERROR') throw peerError(readPeerError(response.error));
      if (response.status !== 'SUCCESS') throw notAnAnswer();
      return { result: response.result, attachment: bytes };
    } finally {
      sending.over();
      this.#underWay.delete(sending);
    }
  }
}

function notAnAnswer(): ParleyError {
  return new ParleyError('invalid_answer', 'The peer’s answer about a stream is none.');
}
