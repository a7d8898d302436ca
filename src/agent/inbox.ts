import { ParleyError } from '../protocol/errors.ts';
import type { IncomingPayload } from '../protocol/session/exchange.ts';
import type { Session } from '../protocol/session/session.ts';
import type { JsonObject, JsonValue } from '../protocol/wire/json.ts';
import type { RequestPayload } from '../protocol/wire/payload.ts';
import { Answers } from './answers.ts';
import type { History } from './history/history.ts';
import type { MethodRegistry } from './methods.ts';
import { readPlainJson } from './plain-json.ts';
import type { Scheduler } from './ports.ts';
import type { Records } from './records.ts';
import { responseError } from './refusal.ts';
import type { Answering, ExchangeView, PersonAnswer } from './views.ts';

/** Milliseconds a held request waits for a person. */
const holdMs = 60_000;
/** Milliseconds a handler may take: the sender waits for 90 s. */
const handlerMs = 80_000;

/** What peers ask of this agent: each request_id runs once, by a handler or by the person at the screen. */
export class Inbox {
  readonly #records: Records;
  readonly #history: History;
  readonly #methods: MethodRegistry;
  readonly #scheduler: Scheduler;
  readonly #now: () => number;
  /** By peer and request_id: a repeated request may come in another session than the first. */
  readonly #answers: Answers;
  readonly #held = new Map<string, (answer: PersonAnswer) => void>();
  answering: Answering = 'handlers';

  /** `now` gives milliseconds since 1970. */
  constructor(records: Records, history: History, methods: MethodRegistry, scheduler: Scheduler, now: () => number) {
    this.#records = records;
    this.#history = history;
    this.#methods = methods;
    this.#scheduler = scheduler;
    this.#now = now;
    this.#answers = new Answers(now);
  }

  /** The RESPONSE to a decrypted message; a repeated request_id gets the stored one and runs nothing (section 4). */
  async handle(session: Session, message: IncomingPayload): Promise<JsonObject> {
    const { request_id } = message;
    if (message.message_type === 'CLOSE') {
      return { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result: { closed: true } };
    }
    try {
      return await this.#answers.once(`${session.peer.agentId} ${request_id}`, () => this.#run(session, message));
    } catch (cause) {
      return { message_type: 'RESPONSE', request_id, status: 'ERROR', error: { ...responseError(cause) } };
    }
  }

  /** Answers a held request; throws `invalid_input` when it waits no more. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): void {
    const resolve = this.#held.get(`${peerId} ${requestId}`);
    if (resolve === undefined) {
      throw new ParleyError('invalid_input', 'This request no longer waits: it was answered, or the time ran out.');
    }
    resolve(answer);
  }

  /** Runs a request that did not run before, not even before a restart. Rejects with `cannot_keep`, and has run nothing then. */
  async #run(session: Session, request: RequestPayload): Promise<JsonObject> {
    const { request_id } = request;
    const earlier = await orCannotKeep(this.#history.find('incoming', session.peer.agentId, request_id));
    const answer = earlier === undefined ? undefined : answerOf(earlier, request_id);
    if (answer !== undefined) return { message_type: 'RESPONSE', request_id, ...answer };
    const at = this.#now();
    const byPerson = this.answering === 'person';
    const asked: ExchangeView = {
      requestId: request.request_id,
      sessionId: session.id,
      peerId: session.peer.agentId,
      direction: 'incoming',
      method: request.method,
      parameters: request.parameters,
      at,
      status: byPerson ? 'held' : 'pending',
      ...(byPerson ? { answerBy: at + holdMs } : {}),
      ...(earlier?.sequence === undefined ? {} : { sequence: earlier.sequence }),
    };
    const view = await orCannotKeep(this.#history.keep(asked));
    this.#records.putExchange(view);
    const answered = { message_type: 'RESPONSE', request_id } as const;
    const { answerBy: _, ...done } = view;
    try {
      const result = resultOf(byPerson ? await this.#askPerson(view) : await this.#askHandler(session, request, at));
      await this.#settle({ ...done, status: 'success', result, durationMs: this.#now() - at });
      return { ...answered, status: 'SUCCESS', result };
    } catch (cause) {
      const { code, detail } = responseError(cause);
      await this.#settle({ ...done, status: 'error', error: { code, detail }, durationMs: this.#now() - at });
      return { ...answered, status: 'ERROR', error: { code, detail } };
    }
  }

  async #settle(view: ExchangeView): Promise<void> {
    this.#records.putExchange(await this.#history.settle(view));
  }

  /** Rejects with `answer_timeout` when the handler has not settled in its time; what it does afterwards reaches nobody. */
  #askHandler(session: Session, request: RequestPayload, now: number): Promise<unknown> {
    const stopping = new AbortController();
    const running = this.#methods.run(request.method, request.parameters, {
      peerId: session.peer.agentId,
      self: session.self,
      now,
      signal: stopping.signal,
    });
    return new Promise((resolve, reject) => {
      const timeout = this.#scheduler.after(handlerMs, () => {
        reject(new ParleyError('answer_timeout', `The handler did not answer within ${handlerMs / 1000} s.`));
        stopping.abort();
      });
      running.then(resolve, reject).finally(() => timeout.cancel());
    });
  }

  #askPerson(view: ExchangeView): Promise<JsonValue> {
    const key = `${view.peerId} ${view.requestId}`;
    return new Promise((resolve, reject) => {
      const timeout = this.#scheduler.after(holdMs, () => {
        this.#held.delete(key);
        reject(new ParleyError('answer_timeout', `Nobody answered within ${holdMs / 1000} s. Ask again later.`));
      });
      this.#held.set(key, (answer) => {
        timeout.cancel();
        this.#held.delete(key);
        if (answer.status === 'SUCCESS') resolve(answer.result);
        else reject(new ParleyError('request_declined', answer.detail));
      });
    });
  }
}

/** What a handler or a person gave, as JSON. Throws `handler_failed` for what JSON cannot hold: it would end in a promise that nobody awaits. */
function resultOf(given: unknown): JsonValue {
  const result = readPlainJson(given);
  if ('json' in result) return result.json;
  throw new ParleyError('handler_failed', `The handler gave a result that cannot be sent. ${result.refused}`);
}

/** The answer that was given to a request before; none when it has not run: it was held when the agent was closed. */
function answerOf(earlier: ExchangeView, requestId: string): JsonObject | undefined {
  if (earlier.status === 'failed') return undefined;
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

/** What the sender is told when its request could not be kept: nothing has run. */
async function orCannotKeep<T>(kept: Promise<T>): Promise<T> {
  try {
    return await kept;
  } catch (cause) {
    const detail = 'This agent cannot keep the request at the moment, so nothing was run. Send it again later.';
    throw new ParleyError('cannot_keep', detail, { cause });
  }
}
