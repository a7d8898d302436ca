import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { IncomingPayload, ResponseToSend } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { RequestPayload } from '../../protocol/wire/payload.ts';
import { failureView } from '../contracts/failures.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { Answering, ExchangeView } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { AgentStreams, StreamOwner } from '../streams/agent-streams.ts';
import { Cancellations } from '../streams/cancellations.ts';
import type { GivenAnswer } from '../streams/given-answer.ts';
import type { RequestBody } from '../streams/request-body.ts';
import { type Answerers, holdMs } from './answerers.ts';
import type { LeftHere } from './away.ts';
import { EarlierRequests } from './earlier-requests.ts';
import { type Asked, IdempotencyCache } from './idempotency-cache.ts';
import { IncomingBody, readableFor, streamIdOf, tellableTo } from './incoming-body.ts';
import { IncomingStreams } from './incoming-streams.ts';
import { KeptAnswers } from './kept-answers.ts';
import { type OwnMethod, type OwnMethods, OwnStream } from './own-methods.ts';
import { PendingAnswers } from './pending-answers.ts';
import { responseError } from './refusal.ts';
import type { RequestMemory } from './request-memory.ts';
import { type RunningRequest, RunningRequests } from './running-requests.ts';

/** What the inbox works with. */
export interface InboxDeps {
  readonly activity: ActivityLog;
  readonly history: History;
  readonly requests: RequestMemory;
  readonly answerers: Answerers;
  readonly ownMethods: Pick<OwnMethods, 'find'>;
  /** What was left for this agent; undefined where nothing can be. */
  readonly left: Promise<LeftHere | undefined>;
  readonly streams: AgentStreams;
  readonly scheduler: Scheduler;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
}

/** A message of a peer, and the bytes beside it. */
export interface Incoming {
  readonly value: IncomingPayload;
  readonly attachment?: Bytes | undefined;
}

type Request = RequestPayload & { readonly bytes: Bytes | undefined };

interface Run {
  readonly body: IncomingBody;
  readonly running: RunningRequest;
}

/** What peers ask of this agent: each request_id runs once, by a handler or by the person at the screen. */
export class Inbox {
  readonly #activity: ActivityLog;
  readonly #requests: RequestMemory;
  readonly #earlier: EarlierRequests;
  readonly #ownMethods: Pick<OwnMethods, 'find'>;
  readonly #now: () => number;
  readonly #left: Promise<LeftHere | undefined>;
  /** Requests that are being answered, by peer and request_id. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** By peer and request_id: a repeated request may come in another session than the first. */
  readonly #answers: IdempotencyCache;
  readonly #running = new RunningRequests();
  readonly #answerers: Answerers;
  readonly #streams: AgentStreams;
  readonly #incoming: IncomingStreams;
  readonly #cancellations: Cancellations;
  readonly #pending: PendingAnswers;
  readonly #keptAnswers: KeptAnswers;
  readonly #environment: InboxDeps['environment'];
  answering: Answering = 'handlers';

  constructor({
    activity,
    history,
    requests,
    answerers,
    ownMethods,
    left,
    streams,
    scheduler,
    environment,
  }: InboxDeps) {
    const now = () => environment.now();
    this.#environment = environment;
    this.#keptAnswers = new KeptAnswers({ activity, history, streams, subtle: environment.subtle });
    this.#left = left;
    this.#ownMethods = ownMethods;
    this.#activity = activity;
    this.#requests = requests;
    this.#earlier = new EarlierRequests(requests, history);
    this.#answerers = answerers;
    this.#now = now;
    this.#answers = new IdempotencyCache(now);
    this.#streams = streams;
    this.#cancellations = new Cancellations(now);
    const isKnown = (owner: StreamOwner) => this.#answers.has(owner);
    const running = this.#running;
    this.#incoming = new IncomingStreams({ streams, cancellations: this.#cancellations, answerers, running, isKnown });
    this.#pending = new PendingAnswers(scheduler, (owner, error) => void answerers.cancel(owner, error));
  }

  /**
   * Returns the RESPONSE to a decrypted message; a repeated request_id gets the stored one and runs nothing (protocol
   * page, section 4).
   */
  async handle(session: Session, { value, attachment }: Incoming): Promise<ResponseToSend> {
    const { request_id } = value;
    try {
      switch (value.message_type) {
        case 'CLOSE':
          return { json: { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result: { closed: true } } };
        case 'REQUEST':
          return await this.#answer(session, { ...value, bytes: attachment });
        default:
          return await this.#incoming.answer(session, value, attachment);
      }
    } catch (cause) {
      return { json: { message_type: 'RESPONSE', request_id, status: 'ERROR', error: { ...responseError(cause) } } };
    }
  }

  /** Returns the answer to a request, or PENDING where its sender knows that and it takes long. */
  async #answer(session: Session, request: Request): Promise<ResponseToSend> {
    const asked: Asked = { peerKey: peerKeyOf(session.peer), requestId: request.request_id };
    let isNew = false;
    const answer = this.#answers.once(
      asked,
      () => {
        isNew = true;
        return this.#watched(session, request, asked);
      },
      () => this.#earlier.answer(session, request.request_id),
    );
    const given = await (session.peerExtensions?.stream === true
      ? this.#pending.within(asked, answer, isNew && request.stream !== undefined)
      : answer);
    return this.#stillStreamed(asked, tellableTo(session, given));
  }

  /** Returns an answer as it was given, as long as the stream in it can be read. Throws `stream_gone`. */
  #stillStreamed({ peerKey }: Asked, given: ResponseToSend): ResponseToSend {
    const id = streamIdOf(given.json);
    if (id === undefined || this.#streams.has(peerKey, id)) return given;
    throw new ParleyError('stream_gone', 'This request was answered with a stream that no longer exists.');
  }

  /**
   * Returns what a request of a peer was answered that came over a session, waited for while it is answered; undefined when none of this
   * id ran. Rejects with `storage_failed`.
   */
  async answerOver(peerId: string, requestId: string): Promise<JsonObject | undefined> {
    await this.#underWay.get(nameOf(peerId, requestId));
    return this.#earlier.answerOver(peerId, requestId);
  }

  #watched(session: Session, request: Request, asked: Asked): Promise<ResponseToSend> {
    const name = nameOf(session.peer.agentId, request.request_id);
    const answer = this.#once(session, request, asked);
    const over = answer.then(doNothing, doNothing).then(() => {
      if (this.#underWay.get(name) === over) this.#underWay.delete(name);
    });
    this.#underWay.set(name, over);
    return answer;
  }

  /** Runs a request within the peer's share of what runs at once. Throws `rate_limited` beyond it. */
  async #once(session: Session, request: Request, asked: Asked): Promise<ResponseToSend> {
    const { peerKey } = asked;
    if (this.#cancellations.has(peerKey, request.request_id)) {
      throw new ParleyError('cancelled', 'This request was cancelled before it came: nothing ran. Send a new one.');
    }
    const running = this.#running.take(asked, this.#answerers.working(peerKey));
    let body: IncomingBody | undefined;
    let hasRun = false;
    try {
      // Before anything is waited for: who is told PENDING writes at once.
      body = new IncomingBody(this.#streams, asked, request);
      const own = this.#ownMethods.find(request.method);
      const answer = await (own === undefined
        ? this.#run(session, request, asked, { body, running })
        : this.#ownAnswer(own, session, request, asked));
      hasRun = true;
      return answer;
    } finally {
      body?.close(hasRun);
      running.over();
    }
  }

  /**
   * Runs a request that did not run before, not even before a restart. Rejects with `cannot_keep`, and has run
   * nothing then. Rejects with `stale_timestamp` for a request that is too old to tell whether it ran.
   */
  async #run(session: Session, request: Request, owner: Asked, { body, running }: Run): Promise<ResponseToSend> {
    const { request_id } = request;
    const { ranBy, answer, held } = await this.#earlier.find(session, request_id);
    if (answer !== undefined) return answer;
    if (held === undefined && this.#requests.isTooOld(ranBy.peer, request.sent_at)) {
      const detail = 'This request is too old to tell whether it ran before. Nothing ran. Send it as a new one.';
      throw new ParleyError('stale_timestamp', detail, { now: Math.floor(this.#now() / 1_000) });
    }
    const brought = await body.view(this.#environment);
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
      ...(brought === undefined ? {} : { body: brought }),
      ...(held?.sequence === undefined ? {} : { sequence: held.sequence }),
    };
    // Nothing comes between this look and what `keep` remembers, which whoever takes in what was left looks at.
    if (left?.hasCome(session.peer.agentId, request_id) === true) {
      return { json: { message_type: 'RESPONSE', request_id, status: 'ERROR', error: wasLeft } };
    }
    const view = await this.#earlier.keep(asked, ranBy);
    this.#activity.putExchange(view);
    const kept = this.#keptAnswers.begin(view);
    const unfollow = body.changes.follow((changed) => kept.streamed('body', changed));
    const done = async () => {
      body.end();
      const { answerBy: _, ...rest } = view;
      const ended = await body.view(this.#environment);
      return { ...rest, ...(ended === undefined ? {} : { body: ended }), durationMs: this.#now() - at };
    };
    if (session.status !== 'ESTABLISHED') {
      const ended = new ParleyError('session_closed', 'The session ended before the request ran. Send it again.');
      await kept.settle({ ...(await done()), status: 'failed', error: failureView(ended) });
      throw ended;
    }
    try {
      running.begin();
      const given = byPerson
        ? { result: await this.#answerers.askPerson({ session, owner }, view) }
        : await this.#askHandler(session, request, owner, at, body.open());
      return await this.#keptAnswers.success(kept, await done(), owner, readableFor(session, given));
    } catch (cause) {
      this.#streams.end(owner, asParleyError(cause));
      return await this.#keptAnswers.error(kept, await done(), request_id, cause);
    } finally {
      unfollow();
    }
  }

  /** Has a method of Parley itself answer; what it throws is not remembered, so that the same request may be asked again. */
  async #ownAnswer(own: OwnMethod, session: Session, request: Request, owner: Asked): Promise<ResponseToSend> {
    const answered = { message_type: 'RESPONSE', request_id: request.request_id } as const;
    const result = await own(request.parameters, session.peer);
    if (!(result instanceof OwnStream)) return { json: { ...answered, status: 'SUCCESS', result } };
    readableFor(session, { result: null, stream: result.stream });
    const stream = this.#streams.serve(owner, result.stream);
    return { json: { ...answered, status: 'STREAM', result: null, stream: { ...stream } } };
  }

  /** Has the handler answer; without a limit of time where the peer asks again for what takes long. */
  #askHandler(
    session: Session,
    { method, parameters }: Request,
    owner: Asked,
    at: number,
    body: RequestBody | undefined,
  ): Promise<GivenAnswer> {
    const { agentId: peerId } = session.peer;
    const caller = { peerId, self: session.self, session, owner };
    const isPatient = session.peerExtensions?.stream === true;
    return this.#answerers.askHandler(
      isPatient ? { ...caller, handlerMs: undefined } : caller,
      { requestId: owner.requestId, method, parameters, body },
      at,
    );
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
