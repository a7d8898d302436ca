import { ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import { Delivery, type DeliveryDeps } from './delivery.ts';
import { peerError, readPeerError } from './refusal.ts';
import { type Impatience, Sending } from './sending.ts';

/** What calls are made with. */
export interface PeerCallsDeps extends DeliveryDeps {
  newId(): string;
}

/** What a peer has answered to a call. */
export interface PeerAnswer {
  readonly result: JsonValue;
  readonly peer: PeerIdentity;
}

/** Calls methods of Parley itself at peers, over their pairwise sessions: what is called is no part of the conversation, and not kept. */
export class PeerCalls {
  readonly #deps: PeerCallsDeps;
  readonly #delivery: Delivery;
  readonly #underWay = new Set<Sending>();

  constructor(deps: PeerCallsDeps) {
    this.#deps = deps;
    this.#delivery = new Delivery(deps);
  }

  /**
   * Calls a method and returns its result, within `timeout` milliseconds. Rejects with the peer's code, with what the last try threw, and
   * with `timed_out`.
   */
  async call(peerId: string, method: string, parameters: JsonValue, timeout: number): Promise<JsonValue> {
    return (await this.ask(peerId, method, parameters, { timeout })).result;
  }

  /** Works as `call`, and says with whom it has spoken. */
  async ask(peerId: string, method: string, parameters: JsonValue, impatience: Impatience): Promise<PeerAnswer> {
    const { response, peer } = await this.#ask(peerId, method, parameters, impatience);
    if (response.status === 'SUCCESS') return { result: response.result, peer };
    throw new ParleyError('invalid_answer', 'The peer answered a call of Parley with a stream.');
  }

  /** Calls a method that answers with a stream, and returns what is known of it. Rejects as `call` does. */
  async open(
    peerId: string,
    method: string,
    parameters: JsonValue,
    impatience: Impatience,
  ): Promise<{ readonly head: StreamHead; readonly requestId: string }> {
    const { response, requestId } = await this.#ask(peerId, method, parameters, impatience);
    if (response.status === 'STREAM') return { head: response.stream, requestId };
    throw new ParleyError('invalid_answer', 'The peer answered a call of Parley without a stream.');
  }

  async #ask(peerId: string, method: string, parameters: JsonValue, impatience: Impatience) {
    const { scheduler, environment, newId } = this.#deps;
    const requestId = `own_${newId()}`;
    const sending = new Sending({ peerId, requestId }, impatience, { scheduler, put: () => undefined });
    this.#underWay.add(sending);
    try {
      const message = {
        message_type: 'REQUEST',
        sent_at: Math.floor(environment.now() / 1_000),
        request_id: requestId,
        method,
        parameters,
      };
      const { response, session } = await this.#delivery.deliver(sending, message);
      if (response.status === 'ERROR') throw peerError(readPeerError(response.error));
      return { response, requestId, peer: session.peer };
    } finally {
      sending.over();
      this.#underWay.delete(sending);
    }
  }

  /** Ends every call, since the agent stops. */
  stop(reason?: ParleyError): void {
    for (const sending of this.#underWay) sending.stop(reason);
  }
}
