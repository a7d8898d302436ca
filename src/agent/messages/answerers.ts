import { ParleyError } from '../../protocol/errors.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { ExchangeView, PersonAnswer } from '../contracts/views.ts';
import type { StreamOwner } from '../streams/agent-streams.ts';
import type { ByteSource } from '../streams/byte-source.ts';
import type { GivenAnswer } from '../streams/given-answer.ts';
import type { RequestBody } from '../streams/request-body.ts';
import type { MethodRegistry } from './methods.ts';
import { requirePlainJson } from './plain-json.ts';

/** Milliseconds a held request waits for a person. */
export const holdMs = 60_000;
/** Milliseconds a handler may take: the sender waits for 90 s. */
export const handlerMs = 80_000;

/** Whoever asks. `session` is absent for a member of a group. */
export interface Caller {
  readonly peerId: string;
  readonly self: string;
  readonly session?: Session;
  /** Of a request to the members of a group. */
  readonly groupId?: string;
  /** By what the peer may cancel it. */
  readonly owner?: StreamOwner;
  /** Milliseconds that a handler may take; without a limit when undefined is said. */
  readonly handlerMs?: number | undefined;
}

/** What is asked, under the id that is the same when it is repeated. */
export interface Asked {
  readonly requestId: string;
  readonly method: string;
  readonly parameters: JsonValue;
  /** The bytes that came with it. */
  readonly body?: RequestBody | undefined;
}

/** A request that a handler or a person is at. */
interface UnderWay {
  readonly owner: StreamOwner | undefined;
  readonly session: Session | undefined;
  readonly stopping: AbortController;
  fail(error: ParleyError): void;
}

/** The handlers of methods and the person at the screen, each of whom answers a request within its time. */
export class Answerers {
  readonly #methods: MethodRegistry;
  readonly #scheduler: Scheduler;
  readonly #held = new Map<string, (answer: PersonAnswer) => void>();
  /** How many handlers are at work for each peer's signing key, also those that were told to stop and go on. */
  readonly #working = new Map<string, number>();
  /** Requests that a handler or a person is at, and what aborts each. */
  readonly #underWay = new Set<UnderWay>();

  constructor(methods: MethodRegistry, scheduler: Scheduler) {
    this.#methods = methods;
    this.#scheduler = scheduler;
  }

  /**
   * Has the method's handler answer. The handler of a stream hears by its signal when the stream ends early. Throws `unknown_method`,
   * `answer_timeout`, what the handler throws and what aborts it.
   */
  askHandler(caller: Caller, asked: Asked, now: number): Promise<GivenAnswer> {
    const { peerId, self, groupId } = caller;
    const { method, parameters, requestId, body } = asked;
    const ms = 'handlerMs' in caller ? caller.handlerMs : handlerMs;
    const tooLate = new ParleyError('answer_timeout', `The handler did not answer within ${handlerMs / 1000} s.`);
    return this.#within(caller, ms, tooLate, async ({ signal, stop }) => {
      const group = groupId === undefined ? {} : { groupId };
      const info = { peerId, requestId, ...group, self, now, signal, ...(body === undefined ? {} : { body }) };
      signal.addEventListener('abort', () => {
        if (signal.reason === tooLate) this.#methods.report(tooLate, method, info);
      });
      const given = await this.#counted(caller.owner, () => this.#methods.run(method, parameters, info));
      if (given.stream === undefined) return given;
      if (signal.aborted) {
        // Nobody will read it.
        await given.stream.source.cancel(signal.reason);
        throw signal.reason;
      }
      return { ...given, stream: { ...given.stream, source: endingWith(given.stream.source, stop) } };
    });
  }

  /**
   * Has the method's handler answer as members of groups are answered: in JSON. Throws as `askHandler` does, and `handler_failed` for bytes
   * and streams, of which this agent's own side is told.
   */
  async askForJson(caller: Caller, asked: Asked, now: number): Promise<JsonValue> {
    const { result, bytes, stream } = await this.askHandler(caller, asked, now);
    if (bytes === undefined && stream === undefined) return result;
    const failed = new ParleyError(
      'handler_failed',
      'The handler gave bytes, which members of a group are not answered with.',
    );
    this.#methods.report(failed, asked.method, { peerId: caller.peerId, requestId: asked.requestId });
    await stream?.source.cancel(failed).catch(() => undefined);
    throw failed;
  }

  /** Returns how many handlers are at work for a peer's signing key: what does not heed its signal is at work, too. */
  working(peerKey: string): number {
    return this.#working.get(peerKey) ?? 0;
  }

  async #counted<T>(owner: StreamOwner | undefined, work: () => Promise<T>): Promise<T> {
    if (owner === undefined) return work();
    const { peerKey } = owner;
    this.#working.set(peerKey, this.working(peerKey) + 1);
    try {
      return await work();
    } finally {
      const left = this.working(peerKey) - 1;
      if (left === 0) this.#working.delete(peerKey);
      else this.#working.set(peerKey, left);
    }
  }

  /**
   * Has the person at the screen answer a request that is shown as held, within `ms` milliseconds. Throws `answer_timeout`,
   * `request_declined` and what aborts it.
   */
  async askPerson(
    { session, owner }: Pick<Caller, 'session' | 'owner'>,
    view: ExchangeView,
    ms: number = holdMs,
  ): Promise<JsonValue> {
    const key = `${view.peerId} ${view.requestId}`;
    const tooLate = new ParleyError('answer_timeout', `Nobody answered within ${ms / 1000} s. Ask again later.`);
    const { promise, resolve } = Promise.withResolvers<PersonAnswer>();
    this.#held.set(key, resolve);
    try {
      const answer = await this.#within({ session, owner }, ms, tooLate, () => promise);
      if (answer.status === 'SUCCESS') return requirePlainJson(answer.result, 'answer.result');
      throw new ParleyError('request_declined', answer.detail);
    } finally {
      this.#held.delete(key);
    }
  }

  /** Returns the sessions whose requests are being answered, each as often as it has some. */
  underWay(): readonly Session[] {
    return Array.from(this.#underWay).flatMap(({ session }) => (session === undefined ? [] : [session]));
  }

  /** Ends what a session's peer has asked with `error`; its handlers are told by their signal. */
  abort(session: Session, error: ParleyError): void {
    for (const one of [...this.#underWay]) if (one.session === session) one.fail(error);
  }

  /** Ends a peer's request that is being answered with `error`; returns whether there was one. */
  cancel({ peerKey, requestId }: StreamOwner, error: ParleyError): boolean {
    const meant = [...this.#underWay].filter(
      ({ owner }) => owner?.peerKey === peerKey && owner.requestId === requestId,
    );
    for (const one of meant) one.fail(error);
    return meant.length > 0;
  }

  /** Tells every handler by its signal that nobody waits for its answer: the agent stops. */
  stop(): void {
    for (const { stopping } of this.#underWay) stopping.abort();
  }

  /** Answers a held request. Throws `invalid_input` when it waits no more, and for a result that JSON cannot hold. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): void {
    const resolve = this.#held.get(`${peerId} ${requestId}`);
    if (resolve === undefined) {
      throw new ParleyError('invalid_input', 'This request no longer waits: it was answered, or the time ran out.');
    }
    if (answer.status === 'SUCCESS') requirePlainJson(answer.result, 'answer.result');
    resolve(answer);
  }

  /** Rejects with `tooLate` after `ms` milliseconds, or with what aborts it; what `answer` does afterwards reaches nobody. */
  #within<T>(
    { session, owner }: Pick<Caller, 'session' | 'owner'>,
    ms: number | undefined,
    tooLate: ParleyError,
    answer: (within: { readonly signal: AbortSignal; stop(reason: unknown): void }) => Promise<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const stopping = new AbortController();
      const fail = (error: ParleyError) => {
        reject(error);
        stopping.abort(error);
      };
      const one: UnderWay = { session, owner, stopping, fail };
      const timeout = ms === undefined ? undefined : this.#scheduler.after(ms, () => fail(tooLate));
      this.#underWay.add(one);
      answer({ signal: stopping.signal, stop: (reason) => stopping.abort(reason) })
        .then(resolve, reject)
        .finally(() => {
          timeout?.cancel();
          this.#underWay.delete(one);
        });
      stopping.signal.addEventListener('abort', () => {
        timeout?.cancel();
        this.#underWay.delete(one);
      });
    });
  }
}

/** Returns a source that says by `stop` when it is ended early: whoever makes its bytes hears of it. */
function endingWith(source: ByteSource, stop: (reason: unknown) => void): ByteSource {
  return {
    next: () => source.next(),
    cancel: async (reason) => {
      stop(reason);
      await source.cancel(reason);
    },
  };
}
