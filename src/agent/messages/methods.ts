import { ParleyError } from '../../protocol/errors.ts';
import { isNamed } from '../../protocol/realm.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { answerOf } from '../streams/answer-kinds.ts';
import type { GivenAnswer } from '../streams/given-answer.ts';
import type { RequestBody } from '../streams/request-body.ts';
import { demoStreams } from './demo-streams.ts';
import { requirePlainJson } from './plain-json.ts';
import { refusalOf } from './refusal.ts';

/** Who asks, and when: milliseconds since 1970. */
export interface RequestInfo {
  readonly peerId: string;
  /** The request's id, the same when the peer repeats it; a handler runs once for each. */
  readonly requestId: string;
  /** The group that was asked: all its members see the answer. Absent for a request to this agent alone. */
  readonly groupId?: string;
  readonly self: string;
  readonly now: number;
  /** Aborts when nobody waits for the answer any more: the time ran out, the peer was revoked, or the agent stops. */
  readonly signal: AbortSignal;
  /** The bytes that came with the request. */
  readonly body?: RequestBody;
}

/**
 * Answers one method, within 80 s; undefined is answered as null. A `Refusal` that it throws is told to the sender as it is.
 * Everything else that it throws is told as `handler_failed`, without its text, and so is a result that JSON cannot hold.
 */
type MethodHandler = (parameters: JsonValue, info: RequestInfo) => unknown;

/** What a handler threw, or why its result cannot be sent, and which request it was. */
export interface HandlerFailure {
  readonly error: unknown;
  readonly method: string;
  readonly peerId: string;
  readonly requestId: string;
}

/** The methods an agent answers by itself. */
export class MethodRegistry {
  readonly #handlers = new Map<string, MethodHandler>();
  readonly #failed: (failure: HandlerFailure) => void;

  /** `failed` hears what handlers throw beside a `Refusal`: their own side is told, the peer is not. It must not throw. */
  constructor(failed: (failure: HandlerFailure) => void = () => undefined) {
    this.#failed = failed;
  }

  /** Adds a method or replaces it. */
  register(method: string, handler: MethodHandler): void {
    this.#handlers.set(method, handler);
  }

  names(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** Tells this agent's own side what went wrong in a handler. */
  report(error: unknown, method: string, { peerId, requestId }: Pick<RequestInfo, 'peerId' | 'requestId'>): void {
    this.#failed({ error, method, peerId, requestId });
  }

  /**
   * Runs the handler of `method` and returns its result. Throws `unknown_method`, the handler's `Refusal`, or `handler_failed` for all
   * else that it throws and for a result that JSON cannot hold.
   */
  async run(method: string, parameters: JsonValue, info: RequestInfo): Promise<GivenAnswer> {
    const handler = this.#handlers.get(method);
    if (handler === undefined) {
      const known = this.names().join(', ');
      throw new ParleyError(
        'unknown_method',
        `The agent that was asked answers ${known === '' ? 'no method' : known}.`,
      );
    }
    try {
      const given: unknown = await handler(parameters, info);
      const answer = answerOf(given === undefined ? null : given, (value, root) =>
        requirePlainJson(value, root, '', 'left out'),
      );
      return failingWith(answer, (cause) => {
        if (!isEndedBy(info.signal, cause)) this.report(cause, method, info);
      });
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal !== undefined) throw refusal;
      if (!isEndedBy(info.signal, cause)) this.report(cause, method, info);
      throw new ParleyError('handler_failed', 'The peer’s handler of this method failed.', { cause });
    }
  }
}

/** Returns an answer whose stream tells `failed` what ends it: the peer is told that it failed, and of a `Refusal` the words. */
function failingWith(answer: GivenAnswer, failed: (cause: unknown) => void): GivenAnswer {
  if (answer.stream === undefined) return answer;
  const { source } = answer.stream;
  const next = async () => {
    try {
      return await source.next();
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal !== undefined) throw new ParleyError('stream_failed', refusal.detail, { cause });
      failed(cause);
      throw cause;
    }
  };
  return { ...answer, stream: { ...answer.stream, source: { next, cancel: (reason) => source.cancel(reason) } } };
}

/** True for what a handler throws since nobody waits for it any more: it has not failed. */
function isEndedBy(signal: AbortSignal, cause: unknown): boolean {
  return signal.aborted && (cause === signal.reason || isNamed(cause, 'AbortError'));
}

/** Returns the methods every agent starts with: words for `send_request`, `echo`, `ping`, and the streams `count` and `tell`. */
export function standardMethods(scheduler: Scheduler): MethodRegistry {
  const registry = new MethodRegistry();
  registry.register('send_request', (parameters, { peerId, now }) => ({
    response: `Hello ${displayName(peerId)}! Request received${queryOf(parameters)}`,
    processed_at: Math.floor(now / 1000),
  }));
  registry.register('echo', (parameters) => parameters);
  registry.register('ping', (_parameters, { now }) => ({ pong: true, at: Math.floor(now / 1000) }));
  for (const [method, handler] of Object.entries(demoStreams(scheduler))) registry.register(method, handler);
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
