import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { Session } from '../../protocol/session/session.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { ResponsePayload } from '../../protocol/wire/payload.ts';
import { failureView } from '../contracts/failures.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { type ExchangeView, exchangeKey } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import { clientFirstMs } from '../sessions/connector.ts';
import type { Resumptions } from '../sessions/resumptions.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import { type ActivityLog, isSessionLost } from '../state/activity-log.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import type { KeyUpdater } from './key-updater.ts';
import type { LostAnswers } from './lost-answers.ts';
import type { Message as AnyMessage, MessageExchange } from './message-exchange.ts';
import { type OutgoingRequest, parametersOf, requireName, requireRepeatable } from './outgoing-request.ts';

/** Milliseconds before each repetition of a request whose answer was lost: a peer that is reloaded is back within them. */
const retryAfterMs: readonly number[] = [150, 450, 1_000, 2_000, 4_000];
/** Milliseconds a request may take: the peer may ask a person, who has a minute. */
const answerDeadlineMs = 90_000;
const closeDeadlineMs = 3_000;

/** A request or the end of a session; a request says when it was first sent. */
type Message = AnyMessage & { readonly sent_at?: number };

/** What the outbox works with. */
export interface OutboxDeps {
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly exchange: MessageExchange;
  readonly lostAnswers: LostAnswers;
  readonly keyUpdater: KeyUpdater;
  readonly activity: ActivityLog;
  readonly sessions: SessionTable;
  readonly verified: VerifiedPeers;
  readonly resumptions: Resumptions;
  readonly history: History;
  /** Returns a new session with a peer. */
  connect(peerId: string): Promise<Session>;
  newId(): string;
}

/** Sends requests, repeats those whose answer was lost, and says plainly which were not answered. */
export class Outbox {
  readonly #deps: OutboxDeps;
  /** Peers to whom requests of an earlier run are being sent again. */
  readonly #again = new Map<string, Promise<void>>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /**
   * Keeps a request, sends it over the peer's session, made first when there is none, and gives the answered exchange. One that
   * cannot be kept rejects with `storage_full` or `storage_failed`, and nothing went out. One that got no answer rejects with its
   * code and stays in the records as `failed`; sending it again with its `requestId` is safe.
   */
  send(request: OutgoingRequest): Promise<ExchangeView> {
    return this.#send(request, () => this.#again.get(request.peerId));
  }

  /**
   * Sends requests again that an earlier run of this agent got no answer to, once their peer is there: to each peer one after the
   * other, as they were asked, under their request_id, which the peer runs once. What is asked meanwhile comes after them. Once the
   * peer cannot be reached, the rest has failed too: each would be waited for as long.
   */
  sendAgain(unanswered: readonly ExchangeView[], connected: (peerId: string) => Promise<void>): void {
    for (const peerId of new Set(unanswered.map((exchange) => exchange.peerId))) {
      const requests = unanswered.filter((exchange) => exchange.peerId === peerId);
      const sending = async () => {
        await connected(peerId);
        let gone: ParleyError | undefined;
        for (const exchange of requests) {
          const { method, parameters, requestId } = exchange;
          try {
            requireRepeatable(exchange, this.#deps.environment.now());
            if (gone === undefined) await this.#send({ peerId, method, parameters, requestId });
            else await this.#giveUp(exchange, gone);
          } catch (cause) {
            const error = asParleyError(cause);
            if (error.code === 'peer_unreachable') gone = error;
            if (error.code === 'stale_timestamp') await this.#giveUp(exchange, error);
          }
        }
        this.#again.delete(peerId);
      };
      this.#again.set(peerId, sending());
    }
  }

  async #send(given: OutgoingRequest, earlier?: () => Promise<void> | undefined): Promise<ExchangeView> {
    const { environment, activity, history } = this.#deps;
    const request = { ...given, parameters: parametersOf(given) };
    const requestId = request.requestId ?? `req_${this.#deps.newId()}`;
    requireName(request.method, 'method');
    requireName(requestId, 'request_id');
    const repeated = await this.#earlier(request);
    requireRepeatable(repeated, environment.now());
    const started = environment.monotonic();
    // What cannot be kept is not sent: the answer would come to nothing that is known after a restart.
    const at = repeated?.at ?? environment.now();
    const sentAt = repeated?.sentAt ?? Math.floor(at / 1_000);
    let view = await history.keep({
      requestId,
      sessionId: repeated?.sessionId ?? '',
      peerId: request.peerId,
      direction: 'outgoing',
      method: request.method,
      parameters: request.parameters,
      at,
      sentAt,
      status: 'pending',
      ...(repeated?.sequence === undefined ? {} : { sequence: repeated.sequence }),
    });
    activity.putExchange(view);
    await earlier?.();
    const message = {
      message_type: 'REQUEST',
      sent_at: sentAt,
      request_id: requestId,
      method: request.method,
      parameters: request.parameters,
    };
    try {
      const { session, response } = await this.#deliver(request.peerId, message, (sessionId) => {
        view = { ...view, sessionId };
        activity.putExchange(view);
      });
      const done = { ...view, sessionId: session.id, durationMs: environment.monotonic() - started };
      const answered = await history.settle(
        response.status === 'SUCCESS'
          ? { ...done, status: 'success', result: response.result }
          : { ...done, status: 'error', error: readError(response.error) },
      );
      activity.putExchange(answered);
      return answered;
    } catch (cause) {
      const error = asParleyError(cause);
      const durationMs = environment.monotonic() - started;
      activity.putExchange(await history.settle({ ...view, status: 'failed', error: failureView(error), durationMs }));
      throw error;
    }
  }

  async #giveUp(exchange: ExchangeView, error: ParleyError): Promise<void> {
    const { activity, history } = this.#deps;
    activity.putExchange(await history.settle({ ...exchange, status: 'failed', error: failureView(error) }));
  }

  /** Returns the request as it was sent before, for one that is repeated. */
  async #earlier({ requestId, peerId }: OutgoingRequest): Promise<ExchangeView | undefined> {
    if (requestId === undefined) return undefined;
    const { activity, history } = this.#deps;
    return (
      activity.exchange(exchangeKey({ direction: 'outgoing', peerId, requestId })) ??
      (await history.find('outgoing', peerId, requestId))
    );
  }

  /**
   * Sends CLOSE once and ends the session for good (protocol page, section 4). Its keys go also when the peer could not be told, or
   * when what resumes it could not be deleted: then it rejects.
   */
  async close(session: Session): Promise<void> {
    const { sessions, resumptions } = this.#deps;
    const message = { message_type: 'CLOSE', request_id: `close_${this.#deps.newId()}` };
    const { agentId } = session.peer;
    // First of all: whoever closes the page right after has disconnected all the same.
    const failed = await resumptions.forgetPeer(agentId).then(() => undefined, asParleyError);
    try {
      await this.#within(closeDeadlineMs, this.#post(session, message, closeDeadlineMs));
    } finally {
      sessions.end(session, 'CLOSED');
      // An update that was under way may have kept the session anew; of one that has ended, nothing is kept. A newer one stays.
      await resumptions.forget(session.id, agentId);
    }
    if (failed !== undefined) throw failed;
  }

  /** Waits no longer, also for a network that waits for its connection; what is under way may still arrive. */
  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timeout = this.#deps.scheduler.after(ms, () =>
      late.reject(new ParleyError('peer_unreachable', 'The peer could not be told in time.')),
    );
    work.catch(() => undefined);
    try {
      await Promise.race([work, late.promise]);
    } finally {
      timeout.cancel();
    }
  }

  /**
   * Delivers a request; one session lost at the other side is replaced once. The request keeps its request_id, so it
   * runs at most once.
   */
  async #deliver(
    peerId: string,
    message: Message,
    using: (sessionId: string) => void,
  ): Promise<{ session: Session; response: ResponsePayload }> {
    const { sessions, connect } = this.#deps;
    const existing = sessions.withPeer(peerId);
    let session = existing ?? (await connect(peerId));
    using(session.id);
    try {
      return { session, response: await this.#ask(session, message) };
    } catch (cause) {
      const error = asParleyError(cause);
      if (existing === undefined || !isSessionLost(error)) throw error;
      // A client that lost its session comes back by itself, and goes first: two resumptions at once would use up one record.
      if (error.code === 'unknown_session' && existing.role === 'server' && sessions.withPeer(peerId) === existing) {
        await sessions.nextWithPeer(peerId, clientFirstMs);
      }
      // Another request may have found the loss first and made the new session.
      const youngest = sessions.withPeer(peerId);
      session = youngest === undefined || youngest === existing ? await connect(peerId) : youngest;
      using(session.id);
      return { session, response: await this.#ask(session, message) };
    }
  }

  async #ask(session: Session, message: Message): Promise<ResponsePayload> {
    await this.#keepFresh(session);
    return this.#deps.lostAnswers.repeat(session, retryAfterMs, () => this.#post(session, message, answerDeadlineMs));
  }

  /** Updates keys that have been used for long: while messages go on when they are due, before any when they are overdue. */
  async #keepFresh(session: Session): Promise<void> {
    if (session.status !== 'ESTABLISHED') return;
    const { environment, keyUpdater } = this.#deps;
    const now = unixSeconds(environment);
    const due = session.live(now).epoch.due(now);
    // One that was not answered may have begun the next epoch at the peer: it comes first.
    if (due === 'overdue' || session.hasUnansweredUpdate) await keyUpdater.update(session);
    else if (due === 'due') keyUpdater.update(session).catch(() => undefined);
  }

  async #post(session: Session, message: Message, deadlineMs: number): Promise<ResponsePayload> {
    const { environment, verified, sessions, exchange, keyUpdater } = this.#deps;
    verified.requireDecided(session.peer.agentId);
    const { value } = await sessions.using(session, async () => {
      const sent = { ...readableBy(session, message), nonce: encodeBase64(environment.random(16)) };
      const answer = await exchange.ask(session, sent, { requestId: message.request_id, deadlineMs });
      if (answer.isOfNextEpoch) await keyUpdater.settle(session);
      return exchange.open(session, sent, answer);
    });
    return value;
  }
}

/** Returns a message without the members that the session's peer has not announced (protocol page, section 4.1). */
function readableBy({ peerExtensions }: Session, message: Message): Message {
  if (peerExtensions?.sentAt === true) return message;
  const { sent_at: _, ...known } = message;
  return known;
}

/** Returns a peer's error as code and detail: it may be any JSON. */
function readError(error: JsonValue): { readonly code: string; readonly detail: string } {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) {
    return { code: 'handler_failed', detail: typeof error === 'string' ? error : 'The peer answered with an error.' };
  }
  const members = new Map(Object.entries(error));
  const code = members.get('code');
  const detail = members.get('detail') ?? members.get('message');
  return {
    code: typeof code === 'string' ? code : 'handler_failed',
    detail: typeof detail === 'string' ? detail : 'The peer answered with an error.',
  };
}
