import { ParleyError } from '../../protocol/errors.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { refusalOf } from './refusal.ts';

/** Who asks, and when: milliseconds since 1970. */
export interface RequestInfo {
  readonly peerId: string;
  readonly self: string;
  readonly now: number;
  /** Aborts when nobody waits for the answer any more: the time ran out, the peer was revoked, or the agent stops. */
  readonly signal: AbortSignal;
}

/**
 * Answers one method, within 80 s. A `Refusal` that it throws is told to the sender as it is. Everything else that it throws is
 * told as `handler_failed`, without its text, and so is a result that JSON cannot hold.
 */
export type MethodHandler = (parameters: JsonValue, info: RequestInfo) => JsonValue | Promise<JsonValue>;

/** The methods an agent answers by itself. */
export class MethodRegistry {
  readonly #handlers = new Map<string, MethodHandler>();

  /** Adds a method or replaces it. */
  register(method: string, handler: MethodHandler): void {
    this.#handlers.set(method, handler);
  }

  names(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** Runs the handler of `method`. Throws `unknown_method`, the handler's `Refusal`, or `handler_failed` for all else that it throws. */
  async run(method: string, parameters: JsonValue, info: RequestInfo): Promise<JsonValue> {
    const handler = this.#handlers.get(method);
    if (handler === undefined) {
      const known = this.names().join(', ');
      throw new ParleyError(
        'unknown_method',
        `The agent that was asked answers ${known === '' ? 'no method' : known}.`,
      );
    }
    try {
      return await handler(parameters, info);
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal !== undefined) throw refusal;
      throw new ParleyError('handler_failed', 'The peer’s handler of this method failed.', { cause });
    }
  }
}

/** Returns the methods every agent starts with: words for `send_request`, `echo`, and `ping`. */
export function standardMethods(): MethodRegistry {
  const registry = new MethodRegistry();
  registry.register('send_request', (parameters, { peerId, now }) => ({
    response: `Hello ${displayName(peerId)}! Request received${queryOf(parameters)}`,
    processed_at: Math.floor(now / 1000),
  }));
  registry.register('echo', (parameters) => parameters);
  registry.register('ping', (_parameters, { now }) => ({ pong: true, at: Math.floor(now / 1000) }));
  return registry;
}

/** Returns the name in an agent_id: `traveller_agent_001` is called Traveller. */
function displayName(agentId: string): string {
  const first = agentId.split('_')[0] ?? agentId;
  return first.slice(0, 1).toUpperCase() + first.slice(1);
}

function queryOf(parameters: JsonValue): string {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return '.';
  const query = Object.entries(parameters).find(([name]) => name === 'query')?.[1];
  return typeof query === 'string' && query !== '' ? `: ${query}` : '.';
}
