import { ParleyError } from '../../protocol/errors.ts';
import type { IncomingPayload } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { RequestPayload } from '../../protocol/wire/payload.ts';
import { failureView } from '../contracts/failures.ts';
import type { Answering, ExchangeView } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { type Answerers, holdMs } from './answerers.ts';
import type { LeftHere } from './away.ts';
import { EarlierRequests, orCannotKeep } from './earlier-requests.ts';
import { type Asked, IdempotencyCache } from './idempotency-cache.ts';
import type { OwnMethod, OwnMethods } from './own-methods.ts';
import { responseError } from './refusal.ts';
import type { RanBy, RequestMemory } from './request-memory.ts';

/** Requests of one peer that are answered at once. */
export const mostRunning = 256;

/** What the inbox works with. */
export interface InboxDeps {
  readonly activity: ActivityLog;
  readonly history: History;
  readonly requests: RequestMemory;
  readonly answerers: Answerers;
  readonly ownMethods: Pick<OwnMethods, 'find'>;
  /** What was left for this agent; undefined where nothing can be. */
  readonly left: Promise<LeftHere | undefined>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What peers ask of this agent: each request_id runs once, by a handler or by the person at the screen. */
export class Inbox {
  readonly #activity: ActivityLog;
  readonly #history: History;
  readonly #requests: RequestMemory;
  readonly #earlier: EarlierRequests;
  readonly #ownMethods: Pick<OwnMethods, 'find'>;
  readonly #now: () => number;
  readonly #left: Promise<LeftHere | undefined>;
  /** Requests that are being answered, by peer and request_id. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** By peer and request_id: a repeated request may come in another session than the first. */
  readonly #answers: IdempotencyCache;
  /** How many requests of each peer's signing key are being answered. */
  readonly #running = new Map<string, number>();
  readonly #answerers: Answerers;
  answering: Answering = 'handlers';

  constructor({ activity, history, requests, answerers, ownMethods, left, now }: InboxDeps) {
    this.#left = left;
    this.#ownMethods = ownMethods;
    this.#activity = activity;
    this.#history = history;
    this.#requests = requests;
    this.#earlier = new EarlierRequests(requests, history);
    this.#answerers = answerers;
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
        () => this.#watched(session, message, asked),
        () => this.#earlier.answer(session, request_id),
      );
    } catch (cause) {
      return { message_type: 'RESPONSE', request_id, status: 'ERROR', error: { ...responseError(cause) } };
    }
  }

  /**
   * Returns what a request of a peer was answered that came over a session, waited for while it is answered; undefined when none of this
   * id ran. Rejects with `storage_failed`.
   */
  async answerOver(peerId: string, requestId: string): Promise<JsonObject | undefined> {
    await this.#underWay.get(nameOf(peerId, requestId));
    return this.#earlier.answerOver(peerId, requestId);
  }

  #watched(session: Session, request: RequestPayload, asked: Asked): Promise<JsonObject> {
    const name = nameOf(session.peer.agentId, request.request_id);
    const answer = this.#once(session, request, asked);
    const over = answer.then(doNothing, doNothing).then(() => {
      if (this.#underWay.get(name) === over) this.#underWay.delete(name);
    });
    this.#underWay.set(name, over);
    return answer;
  }

  /** Runs a request within the peer's share of what runs at once. Throws `rate_limited` beyond it. */
  async #once(session: Session, request: RequestPayload, asked: Asked): Promise<JsonObject> {
    const { peerKey } = asked;
    const running = this.#running.get(peerKey) ?? 0;
    if (running >= mostRunning) {
      const detail = `The agent that was asked answers ${mostRunning} requests of one peer at once. Nothing ran. Send it again later.`;
      throw new ParleyError('rate_limited', detail);
    }
    this.#running.set(peerKey, running + 1);
    try {
      const own = this.#ownMethods.find(request.method);
      return await (own === undefined ? this.#run(session, request) : ownAnswer(own, session, request));
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
    const { ranBy, answer, held } = await this.#earlier.find(session, request_id);
    if (answer !== undefined) return { message_type: 'RESPONSE', request_id, ...answer };
    if (held === undefined && this.#requests.isTooOld(ranBy.peer, request.sent_at)) {
      const detail = 'This request is too old to tell whether it ran before. Nothing ran. Send it as a new one.';
      throw new ParleyError('stale_timestamp', detail, { now: Math.floor(this.#now() / 1_000) });
    }
    const left = await this.#left;
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
    // Nothing comes between this look and what `#keep` remembers, which whoever takes in what was left looks at.
    if (left?.hasCome(session.peer.agentId, request_id) === true) {
      return { message_type: 'RESPONSE', request_id, status: 'ERROR', error: wasLeft };
    }
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
      const result = await (byPerson
        ? this.#answerers.askPerson({ session }, view)
        : this.#answerers.askHandler(
            { peerId: session.peer.agentId, self: session.self, session },
            { requestId: request_id, method: request.method, parameters: request.parameters },
            at,
          ));
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
}

function nameOf(peerId: string, requestId: string): string {
  return `${peerId} ${requestId}`;
}

function doNothing(): void {}

const wasLeft = {
  code: 'handler_failed',
  detail: 'This request was left for this agent as well. It is answered there, and does not run again.',
} as const;

/** Has a method of Parley itself answer; what it throws is not remembered, so that the same request may be asked again. */
async function ownAnswer(
  own: OwnMethod,
  { peer }: Session,
  { request_id, parameters }: RequestPayload,
): Promise<JsonObject> {
  return { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result: await own(parameters, peer) };
}
