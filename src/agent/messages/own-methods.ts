import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { GivenStream } from '../streams/given-answer.ts';

/** What a method of Parley itself answers with to have a stream read. */
export class OwnStream {
  readonly stream: GivenStream;

  constructor(stream: GivenStream) {
    this.stream = stream;
  }
}

/** Answers a method of Parley itself. What it throws is told to the peer as `responseError` says. */
export type OwnMethod = (parameters: JsonValue, peer: PeerIdentity) => Promise<JsonValue | OwnStream>;

/**
 * The methods that agents call of each other by themselves, such as `parley.group_state` (groups page, section 5). They are answered whoever
 * answers requests, are no part of the conversation, and one may run again after a restart: it only asks, or what it asks for was done.
 */
export class OwnMethods {
  readonly #methods = new Map<string, OwnMethod>();

  register(name: string, method: OwnMethod): void {
    this.#methods.set(name, method);
  }

  find(name: string): OwnMethod | undefined {
    return this.#methods.get(name);
  }
}
