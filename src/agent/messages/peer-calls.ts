import { ParleyError } from '../../protocol/errors.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { Delivery, type DeliveryDeps } from './delivery.ts';
import { peerError, readPeerError } from './refusal.ts';
import { Sending } from './sending.ts';

/** What calls are made with. */
export interface PeerCallsDeps extends DeliveryDeps {
  newId(): string;
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
    const { scheduler, environment, newId } = this.#deps;
    const requestId = `own_${newId()}`;
    const sending = new Sending({ peerId, requestId }, { timeout }, { scheduler, put: () => undefined });
    this.#underWay.add(sending);
    try {
      const message = {
        message_type: 'REQUEST',
        sent_at: Math.floor(environment.now() / 1_000),
        request_id: requestId,
        method,
        parameters,
      };
      const { response } = await this.#delivery.deliver(sending, message);
      if (response.status === 'SUCCESS') return response.result;
      if (response.status === 'ERROR') throw peerError(readPeerError(response.error));
      throw new ParleyError('invalid_answer', 'The peer answered a call of Parley with a stream.');
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
