import { ParleyError } from '../../protocol/errors.ts';
import type { IncomingPayload } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import type { RequestPayload } from '../../protocol/wire/payload.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { Answering, ExchangeView, PersonAnswer } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import { type ActivityLog, failureView } from '../state/activity-log.ts';
import { type Asked, IdempotencyCache } from './idempotency-cache.ts';
import type { MethodRegistry } from './methods.ts';
import { readPlainJson } from './plain-json.ts';
import { responseError } from './refusal.ts';
import type { RanBy, RequestMemory } from './request-memory.ts';

/** Milliseconds a held request waits for a person. */
const holdMs = 60_000;
/** Milliseconds a handler may take: the sender waits for 90 s. */
const handlerMs = 80_000;
/** Requests of one peer that are answered at once. */
const mostRunning = 256;

/** What the inbox works with. */
export interface InboxDeps {
  readonly activity: ActivityLog;
  readonly history: History;
  readonly requests: RequestMemory;
  readonly methods: MethodRegistry;
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What peers ask of this agent: each request_id runs once, by a handler or by the person at the screen. */
export class Inbox {
  readonly #activity: ActivityLog;
  readonly #history: History;
  readonly #requests: RequestMemory;
  readonly #methods: MethodRegistry;
  readonly #scheduler: Scheduler;
  readonly #now: () => number;
  /** By peer and request_id: a repeated request may come in another session than the first. */
  readonly #answers: IdempotencyCache;
  readonly #held = new Map<string, (answer: PersonAnswer) => void>();
  /** How many requests of each peer's signing key are being answered. */
  readonly #running = new Map<string, number>();
  /** Requests that a handler or a person is at, and what aborts each. */
  readonly #underWay = new Set<UnderWay>();
  answering: Answering = 'handlers';

  constructor({ activity, history, requests, methods, scheduler, now }: InboxDeps) {
    this.#activity = activity;
    this.#history = history;
    this.#requests = requests;
    this.#methods = methods;
    this.#scheduler = scheduler;
    this.#now = now;
    this.#answers = new IdempotencyCache(now);
  }

  /**
   * Returns the RESPONSE to a decrypted message; a repeated request_id gets the stored one and runs nothing (protocol
   * page, section 4).
   */
  async handle(session: Session, message: IncomingPayload): Promise<JsonObject> {
    const { request_id } = message;
    if (message.message_type === 'CLOSE') {
      return { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result: { closed: true } };
    }
    try {
      const asked: Asked = { peerKey: peerKeyOf(session.peer), requestId: request_id };
      return await this.#answers.once(
        asked,
        () => this.#once(session, message, asked),
        () => this.#storedAnswer(session, request_id),
      );
    } catch (cause) {
      return { message_type: 'RESPONSE', request_id, status: 'ERROR', error: { ...responseError(cause) } };
    }
  }

  /** Returns the sessions whose requests are being answered, each as often as it has some. */
  underWay(): readonly Session[] {
    return Array.from(this.#underWay, ({ session }) => session);
  }

  /** Ends what a session's peer has asked with `error`; its handlers are told by their signal. */
  abort(session: Session, error: ParleyError): void {
    for (const one of [...this.#underWay]) if (one.session === session) one.fail(error);
  }

  /** Tells every handler by its signal that nobody waits for its answer: the agent stops. */
  stop(): void {
    for (const { stopping } of this.#underWay) stopping.abort();
  }

  /** Answers a held request. Throws `invalid_input` when it no longer waits. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): void {
    const resolve = this.#held.get(`${peerId} ${requestId}`);
    if (resolve === undefined) {
      throw new ParleyError('invalid_input', 'This request no longer waits: it was answered, or the time ran out.');
    }
    resolve(answer);
  }

  /** Returns the answer to a request that ran before, when it is no longer in memory. */
  async #storedAnswer(session: Session, requestId: string): Promise<JsonObject> {
    const { answer = noAnswer } = await this.#before(session, requestId);
    return { message_type: 'RESPONSE', request_id: requestId, ...answer };
  }

  /** Looks up whether a request ran before, also in an earlier run of this agent. */
  async #before({ peer }: Session, requestId: string): Promise<Before> {
    const name = await this.#requests.nameOf(peer);
    const tag = await this.#history.tagOf('incoming', peer.agentId, requestId);
    const ranBy = { peer: name, tag };
    const ran = this.#requests.has(ranBy);
    // Without a look into the history, which most requests are not in.
    if (!ran && !this.#requests.isInHistoryAlone) return { ranBy };
    const found = await orCannotKeep(this.#history.find('incoming', peer.agentId, requestId));
    // Of a key that had this agent_id before: not this peer's to know.
    const isAnothers = found?.peerKey !== undefined && found.peerKey !== name;
    if (found === undefined || isAnothers) return ran ? { ranBy, answer: noAnswer } : { ranBy };
    if (found.status === 'failed') return { ranBy, ...(found.peerKey === undefined ? {} : { held: found }) };
    // An earlier version of Parley did not note whose it was.
    const isReadable = found.requestId === requestId;
    return { ranBy, answer: isReadable && found.peerKey === undefined ? noAnswer : answerOf(found, requestId) };
  }

  /** Runs `#run` within the peer's share of what runs at once. Rejects with `rate_limited` past it. */
  async #once(session: Session, request: RequestPayload, asked: Asked): Promise<JsonObject> {
    const { peerKey } = asked;
    const running = this.#running.get(peerKey) ?? 0;
    if (running >= mostRunning) {
      const detail = `The agent that was asked answers ${mostRunning} requests of one peer at once. Nothing ran. Send it again later.`;
      throw new ParleyError('rate_limited', detail);
    }
    this.#running.set(peerKey, running + 1);
    try {
      return await this.#run(session, request);
    } finally {
      const left = (this.#running.get(peerKey) ?? 1) - 1;
      if (left === 0) this.#running.delete(peerKey);
      else this.#running.set(peerKey, left);
    }
  }

  /**
   * Runs a request that did not run before, not even before a restart. Rejects with `cannot_keep`, and has run
   * nothing then. Rejects with `stale_timestamp` for a request that is too old to tell whether it ran.
   */
  async #run(session: Session, request: RequestPayload): Promise<JsonObject> {
    const { request_id } = request;
    const { ranBy, answer, held } = await this.#before(session, request_id);
    if (answer !== undefined) return { message_type: 'RESPONSE', request_id, ...answer };
    if (held === undefined && this.#requests.isTooOld(ranBy.peer, request.sent_at)) {
      const detail = 'This request is too old to tell whether it ran before. Nothing ran. Send it as a new one.';
      throw new ParleyError('stale_timestamp', detail, { now: Math.floor(this.#now() / 1_000) });
    }
    const at = this.#now();
    const byPerson = this.answering === 'person';
    const asked: ExchangeView = {
      requestId: request.request_id,
      sessionId: session.id,
      peerId: session.peer.agentId,
      peerKey: ranBy.peer,
      direction: 'incoming',
      method: request.method,
      parameters: request.parameters,
      at,
      ...(request.sent_at === undefined ? {} : { sentAt: request.sent_at }),
      status: byPerson ? 'held' : 'pending',
      ...(byPerson ? { answerBy: at + holdMs } : {}),
      ...(held?.sequence === undefined ? {} : { sequence: held.sequence }),
    };
    const view = await this.#keep(asked, ranBy);
    this.#activity.putExchange(view);
    const answered = { message_type: 'RESPONSE', request_id } as const;
    const { answerBy: _, ...done } = view;
    if (session.status !== 'ESTABLISHED') {
      const ended = new ParleyError('session_closed', 'The session ended before the request ran. Send it again.');
      await this.#settle({ ...done, status: 'failed', error: failureView(ended) });
      throw ended;
    }
    try {
      const result = resultOf(
        await (byPerson ? this.#askPerson(session, view) : this.#askHandler(session, request, at)),
      );
      await this.#settle({ ...done, status: 'success', result, durationMs: this.#now() - at });
      return { ...answered, status: 'SUCCESS', result };
    } catch (cause) {
      const { code, detail } = responseError(cause);
      await this.#settle({ ...done, status: 'error', error: { code, detail }, durationMs: this.#now() - at });
      return { ...answered, status: 'ERROR', error: { code, detail } };
    }
  }

  /** Keeps a request, and that it runs, before it does. Rejects with `cannot_keep`. */
  async #keep(asked: ExchangeView, ranBy: RanBy): Promise<ExchangeView> {
    const isNew = !this.#requests.has(ranBy);
    const changes = isNew ? [this.#requests.add(ranBy, asked.sentAt)] : [];
    try {
      return await orCannotKeep(this.#history.keep(asked, changes));
    } catch (cause) {
      if (isNew) this.#requests.undo(ranBy);
      throw cause;
    }
  }

  async #settle(view: ExchangeView): Promise<void> {
    this.#activity.putExchange(await this.#history.settle(view));
  }

  #askHandler(session: Session, request: RequestPayload, now: number): Promise<unknown> {
    const tooLate = new ParleyError('answer_timeout', `The handler did not answer within ${handlerMs / 1000} s.`);
    return this.#within(session, handlerMs, tooLate, (signal) =>
      this.#methods.run(request.method, request.parameters, {
        peerId: session.peer.agentId,
        self: session.self,
        now,
        signal,
      }),
    );
  }

  async #askPerson(session: Session, view: ExchangeView): Promise<unknown> {
    const key = `${view.peerId} ${view.requestId}`;
    const tooLate = new ParleyError('answer_timeout', `Nobody answered within ${holdMs / 1000} s. Ask again later.`);
    const { promise, resolve } = Promise.withResolvers<PersonAnswer>();
    this.#held.set(key, resolve);
    try {
      const answer = await this.#within(session, holdMs, tooLate, () => promise);
      if (answer.status === 'SUCCESS') return answer.result;
      throw new ParleyError('request_declined', answer.detail);
    } finally {
      this.#held.delete(key);
    }
  }

  /** Rejects with `tooLate` after `ms` milliseconds, or with what aborts it; what `answer` does afterwards reaches nobody. */
  #within<T>(
    session: Session,
    ms: number,
    tooLate: ParleyError,
    answer: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const stopping = new AbortController();
      const fail = (error: ParleyError) => {
        reject(error);
        stopping.abort();
      };
      const one: UnderWay = { session, stopping, fail };
      const timeout = this.#scheduler.after(ms, () => fail(tooLate));
      this.#underWay.add(one);
      answer(stopping.signal)
        .then(resolve, reject)
        .finally(() => {
          timeout.cancel();
          this.#underWay.delete(one);
        });
      stopping.signal.addEventListener('abort', () => {
        timeout.cancel();
        this.#underWay.delete(one);
      });
    });
  }
}

/** A request that a handler or a person is at. */
interface UnderWay {
  readonly session: Session;
  readonly stopping: AbortController;
  fail(error: ParleyError): void;
}

/**
 * Returns as JSON what a handler or a person gave. Throws `handler_failed` for what JSON cannot hold: it would end in
 * a promise that nobody awaits.
 */
function resultOf(given: unknown): JsonValue {
  const result = readPlainJson(given);
  if ('json' in result) return result.json;
  throw new ParleyError('handler_failed', `The handler gave a result that cannot be sent. ${result.refused}`);
}

/** What is known of a request before it runs. */
interface Before {
  readonly ranBy: RanBy;
  /** What it was answered, when it ran. */
  readonly answer?: JsonObject;
  /** The exchange of one that did not run: it was held when the agent was closed. */
  readonly held?: ExchangeView;
}

/** Returns the answer that was given to a request before. */
function answerOf(earlier: ExchangeView, requestId: string): JsonObject {
  if (earlier.status === 'success') return { status: 'SUCCESS', result: earlier.result ?? null };
  const error =
    earlier.requestId === requestId && earlier.error !== undefined
      ? { code: earlier.error.code, detail: earlier.error.detail }
      : {
          code: 'handler_failed',
          detail: 'This request ran before. Its answer cannot be read, and it does not run again.',
        };
  return { status: 'ERROR', error };
}

const noAnswer = {
  status: 'ERROR',
  error: {
    code: 'handler_failed',
    detail: 'This request ran before. Its answer is no longer stored, and it does not run again.',
  },
} as const;

/** Returns the result, or rejects with `cannot_keep` when the request could not be stored: nothing has run then. */
async function orCannotKeep<T>(kept: Promise<T>): Promise<T> {
  try {
    return await kept;
  } catch (cause) {
    const detail =
      'The agent that was asked cannot store the request at the moment, so nothing ran. Send it again later.';
    throw new ParleyError('cannot_keep', detail, { cause });
  }
}
