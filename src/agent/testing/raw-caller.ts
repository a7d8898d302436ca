import { vi } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Session } from '../../protocol/session/session.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { Agent } from '../agent.ts';
import { MessageExchange } from '../messages/message-exchange.ts';

/** What a peer answers to one message, as it is on the wire. */
export interface RawAnswer {
  readonly status: string;
  readonly result: unknown;
  /** `error.code`. */
  readonly code: unknown;
  readonly json: JsonObject;
  readonly attachment: Bytes | undefined;
}

/** Says whatever it likes over the session of an agent with a peer: what no agent of ours ever would. */
export class RawCaller {
  readonly session: Session;
  readonly #exchange: MessageExchange;
  #ids = 0;

  private constructor(exchange: MessageExchange, session: Session) {
    this.#exchange = exchange;
    this.session = session;
  }

  /** Takes the session over which an agent asks a peer. */
  static async of(agent: Agent, peerId: string): Promise<RawCaller> {
    const asked = vi.spyOn(MessageExchange.prototype, 'ask');
    try {
      await agent.send({ peerId, method: 'ping', parameters: null });
      const at = asked.mock.calls.findLastIndex(
        ([session]) =>
          session.peer.agentId === peerId &&
          agent.snapshot().sessions.some(({ sessionId }) => sessionId === session.id),
      );
      const [session] = asked.mock.calls[at] ?? [];
      const exchange = asked.mock.contexts[at];
      if (session === undefined || !(exchange instanceof MessageExchange))
        throw new TypeError('The agent has asked nothing.');
      return new RawCaller(exchange, session);
    } finally {
      asked.mockRestore();
    }
  }

  /** Sends one message as it is, under an id of its own unless it has one. Rejects with the code of a problem answer. */
  async say(message: JsonObject, attachment?: Bytes): Promise<RawAnswer> {
    const id = typeof message.request_id === 'string' ? message.request_id : `raw_${this.#ids++}`;
    const nonce = encodeBase64(crypto.getRandomValues(new Uint8Array(16)));
    const said = { nonce, ...message, request_id: id };
    const answer = await this.#exchange.ask(this.session, said, { deadlineMs: 90_000 }, { attachment });
    const { value, json, attachment: bytes } = await this.#exchange.open(this.session, said, answer);
    const { result = null, error = null } = json;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return { status: value.status, result, code, json, attachment: bytes };
  }

  /** Asks for a method. */
  request(request_id: string, method: string, more: JsonObject = {}, attachment?: Bytes): Promise<RawAnswer> {
    return this.say({ message_type: 'REQUEST', request_id, method, parameters: null, ...more }, attachment);
  }

  /** Reads a stream: from its beginning, what there is. */
  read(stream_id: string, more: JsonObject = {}): Promise<RawAnswer> {
    const usual = { from: 0, max_bytes: 1_024 * 1_024, release: 0, wait: 0 };
    return this.say({ message_type: 'STREAM_READ', stream_id, ...usual, ...more });
  }

  /** Writes a stream. */
  write(stream_id: string, from: number, bytes: Bytes, more: JsonObject = {}): Promise<RawAnswer> {
    return this.say({ message_type: 'STREAM_WRITE', stream_id, from, done: false, ...more }, bytes);
  }

  cancel(cancels: string): Promise<RawAnswer> {
    return this.say({ message_type: 'CANCEL', cancels });
  }
}

/** Returns what a peer has answered: `SUCCESS`, the code of its ERROR, or the code of the refusal. */
export function codeOf(work: Promise<RawAnswer>): Promise<unknown> {
  return work.then(
    ({ status, code }) => (status === 'ERROR' ? code : status),
    (cause: unknown) =>
      typeof cause === 'object' && cause !== null && 'code' in cause ? `refused ${cause.code}` : cause,
  );
}
