import type { Emitter } from '../agent/contracts/emitter.ts';
import type { AgentEvent, Json } from '../agent/contracts/views.ts';
import type { OutgoingRequest } from '../agent/messages/outgoing-request.ts';
import { requirePlainJson } from '../agent/messages/plain-json.ts';
import { answerOf } from '../agent/streams/answer-kinds.ts';
import type { SaveFile } from '../host/platform.ts';
import { scheduler } from '../platform/platform.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { AwayOptions, GivenBody, SendOptions } from './agent-options.ts';
import { type AnswerDeps, ReceivedAnswer, wholeAnswer } from './answer-stream.ts';
import { type AwaySent, awaySentOf, resultOf } from './away-request.ts';
import { requireSendOptions, requireStreamOptions } from './checked-options.ts';
import { ComparedKeys } from './compared-keys.ts';
import { type Peer, peerThrough } from './peer.ts';
import { AskedStream, type StreamCall } from './stream-call.ts';
import type { AnyMethods, Sendable } from './typed-methods.ts';

/** What an agent asks its peers, and how it gets their answers. */
export abstract class Asking extends ComparedKeys {
  readonly #events: Emitter<AgentEvent>;
  readonly #save: SaveFile | undefined;

  constructor(events: Emitter<AgentEvent>, save: SaveFile | undefined) {
    super();
    this.#events = events;
    this.#save = save;
  }

  /**
   * Sends a request to a peer and returns its answer, as the type that you say it has: it is not checked. An answer that is bytes comes
   * as a Uint8Array of at most 64 MiB; one that is a stream of values rejects with `invalid_input`, since it is read with `stream`. Rejects
   * with the peer's
   * refusal, with `handler_failed`, or with `peer_unreachable` when no answer came. The peer runs a request once: one that is sent
   * again with the same `requestId` gets the answer of the first time. It waits for its turn while 60 requests to the peer are under
   * way; `queue_full` when too many wait. Rejects with the reason of `signal` when that aborts, and with `timed_out` after `timeout`
   * milliseconds: the peer may run what it has received by then. With `whenAway: 'store'` a request to a peer that is away is stored for
   * it at the delivery service, encrypted.
   */
  send<Result = Json, Parameters = unknown>(
    peerId: string,
    method: string,
    parameters: (Parameters & Sendable<Parameters>) | undefined,
    options: AwayOptions,
  ): Promise<AwaySent<Result>>;
  send<Result = Json, Parameters = unknown>(
    peerId: string,
    method: string,
    parameters?: Parameters & Sendable<Parameters>,
    options?: SendOptions,
  ): Promise<Result>;
  async send(
    peerId: string,
    method: string,
    parameters: unknown = null,
    options: SendOptions & Partial<AwayOptions> = {},
  ): Promise<unknown> {
    requireSendOptions(options);
    const patience = patienceOf(options);
    try {
      const exchanged = await this.#exchange({ peerId, method, parameters }, options);
      const whole = () => wholeAnswer(exchanged, resultOf(exchanged.view), this.#answerDeps(patience.signal));
      if (options.whenAway !== 'store') return await whole();
      return awaySentOf(exchanged.view, { events: this.#events, ask: (work) => this.ask(work) });
    } finally {
      patience.end();
    }
  }

  /**
   * Sends a request to a peer and returns its answer while it comes: loop over it, or read it with `bytes`, `text`, `json` or `save`.
   * `Item` is what you say that a loop gets: it is not checked. `timeout` is the time until the answer begins; `signal` ends the request and
   * the reading. Rejects as `send` does, and while it is read with the code of what ended it, such as `stream_failed`, `stream_corrupt`,
   * `stream_gone` and `cancelled`.
   */
  stream<Item = Json | Uint8Array<ArrayBuffer>, Parameters = unknown>(
    peerId: string,
    method: string,
    parameters?: Parameters & Sendable<Parameters>,
    options?: SendOptions,
  ): StreamCall<Item>;
  stream(peerId: string, method: string, parameters: unknown = null, options: SendOptions = {}): StreamCall<unknown> {
    return this.#stream(peerId, method, parameters, options);
  }

  #stream(peerId: string, method: string, parameters: unknown, options: SendOptions = {}): StreamCall {
    const ask = async () => {
      requireStreamOptions(options);
      const exchanged = await this.#exchange({ peerId, method, parameters }, options);
      return new ReceivedAnswer(exchanged, resultOf(exchanged.view), this.#answerDeps(options.signal));
    };
    return new AskedStream(ask());
  }

  /**
   * Ends a request early that has no answer yet, by the `requestId` that it was sent with or that `onEvent` showed: its `send` rejects with
   * `cancelled`. Rejects with `invalid_input` when there is none.
   */
  cancel(peerId: string, requestId: string): Promise<void> {
    return this.ask((agent) => agent.cancel(peerId, requestId));
  }

  /**
   * Returns a peer's methods as functions: `peer(id).greet(parameters)` is `send(id, 'greet', parameters)`, and
   * `peer(id).count.stream(parameters)` is `stream(id, 'count', parameters)`. `Methods` is what the peer says that it answers.
   */
  peer<Methods = AnyMethods>(peerId: string): Peer<Methods>;
  peer(peerId: string): object {
    return peerThrough({
      send: (method, parameters, options) => this.send(peerId, method, parameters, options),
      stream: (method, parameters, options) => this.#stream(peerId, method, parameters, options),
    });
  }

  async #exchange(asked: Pick<OutgoingRequest, 'peerId' | 'method' | 'parameters'>, options: SendOptions) {
    const { requestId, body: given, ...manner } = options;
    const repeated = requestId === undefined ? {} : { requestId };
    const body = given === undefined ? undefined : bodyOf(given);
    try {
      return await this.ask((agent) => agent.exchange({ ...asked, ...repeated, ...manner, body }));
    } catch (error) {
      // Whoever makes its bytes is told that nobody takes them.
      if (body !== undefined && 'source' in body) await body.source.cancel(error).catch(() => undefined);
      throw error;
    }
  }

  #answerDeps(signal: AbortSignal | undefined): AnswerDeps {
    return { hold: (work) => this.ask(work), signal, save: this.#save };
  }
}

/** Returns the bytes that go with a request: up to 1 MiB beside it, all else as a stream. */
function bodyOf(given: GivenBody): OutgoingRequest['body'] {
  const { bytes, stream } = answerOf(given, (value, root) => requirePlainJson(value, root, 'The request was ended.'));
  return stream ?? bytes;
}

/** Returns a signal that aborts with that of a request, and with `timed_out` after its time. */
function patienceOf({ signal, timeout }: Pick<SendOptions, 'signal' | 'timeout'>) {
  if (timeout === undefined) return { signal, end: () => undefined };
  const late = new AbortController();
  const timer = scheduler.after(timeout, () => {
    late.abort(new ParleyError('timed_out', `The answer did not come whole within ${timeout / 1_000} s.`));
  });
  return {
    signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
    end: () => timer.cancel(),
  };
}
