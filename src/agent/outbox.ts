import type { Bytes } from '../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../protocol/environment.ts';
import { asParleyError } from '../protocol/errors.ts';
import { type Answer, sendEncryptedMessage } from '../protocol/session/exchange.ts';
import type { Session } from '../protocol/session/session.ts';
import { updateKeys } from '../protocol/session/update-keys.ts';
import type { Observer } from '../protocol/trace.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { JsonObject, JsonValue } from '../protocol/wire/json.ts';
import type { ResponsePayload } from '../protocol/wire/payload.ts';
import type { Network, Scheduler } from './ports.ts';
import { exchangeKey, failureView, isSessionLost, type Records } from './records.ts';
import type { SessionTable } from './session-table.ts';
import type { VerifiedPeers } from './verified-peers.ts';
import type { ExchangeView } from './views.ts';
import type { WireLog } from './wire-log.ts';

/** Milliseconds before each repetition of a request whose answer was lost. */
const retryAfterMs: readonly number[] = [150, 450];
/** Milliseconds a request may take: the peer may ask a person, who has a minute. */
const answerDeadlineMs = 90_000;
const closeDeadlineMs = 3_000;
const updateDeadlineMs = 10_000;

/** What is asked of whom. A given `requestId` repeats an earlier request, which the peer runs once. */
export interface OutgoingRequest {
  readonly peerId: string;
  readonly method: string;
  readonly parameters: JsonValue;
  readonly requestId?: string;
}

/** What the outbox works with. */
export interface OutboxParts {
  readonly environment: Environment;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly wireLog: WireLog;
  readonly records: Records;
  readonly sessions: SessionTable;
  readonly verified: VerifiedPeers;
  /** A new session with a peer. */
  connect(peerId: string): Promise<Session>;
  newId(): string;
}

/** Sends requests, repeats those whose answer was lost, and says plainly which were not answered. */
export class Outbox {
  readonly #parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /**
   * Sends a request over the peer's session, made first when there is none, and gives the answered exchange. A request that
   * got no answer rejects with its code and stays in the records as `failed`; sending it again with its `requestId` is safe.
   */
  async send(request: OutgoingRequest): Promise<ExchangeView> {
    const { environment, records } = this.#parts;
    const requestId = request.requestId ?? `req_${this.#parts.newId()}`;
    const repeated = records.exchange(exchangeKey({ ...request, requestId, direction: 'outgoing' }));
    const started = environment.monotonic();
    let view: ExchangeView = {
      requestId,
      sessionId: repeated?.sessionId ?? '',
      peerId: request.peerId,
      direction: 'outgoing',
      method: request.method,
      parameters: request.parameters,
      at: repeated?.at ?? environment.now(),
      status: 'pending',
    };
    records.putExchange(view);
    const message = {
      message_type: 'REQUEST',
      request_id: requestId,
      method: request.method,
      parameters: request.parameters,
    };
    try {
      const { session, response } = await this.#deliver(request.peerId, message, (sessionId) => {
        view = { ...view, sessionId };
        records.putExchange(view);
      });
      const done = { ...view, sessionId: session.id, durationMs: environment.monotonic() - started };
      const answered: ExchangeView =
        response.status === 'SUCCESS'
          ? { ...done, status: 'success', result: response.result }
          : { ...done, status: 'error', error: readError(response.error) };
      records.putExchange(answered);
      return answered;
    } catch (cause) {
      const error = asParleyError(cause);
      records.putExchange({
        ...view,
        status: 'failed',
        error: failureView(error),
        durationMs: environment.monotonic() - started,
      });
      throw error;
    }
  }

  /** Sends CLOSE once and ends the session, whether or not the peer could be told (protocol page, section 4). */
  async close(session: Session): Promise<void> {
    const { sessions } = this.#parts;
    const message = { message_type: 'CLOSE', request_id: `close_${this.#parts.newId()}` };
    try {
      await this.#post(session, message, closeDeadlineMs);
    } finally {
      sessions.end(session, 'CLOSED');
    }
  }

  /** One session lost at the other side is replaced once; the request keeps its request_id, so it runs at most once. */
  async #deliver(
    peerId: string,
    message: JsonObject & { readonly request_id: string },
    using: (sessionId: string) => void,
  ): Promise<{ session: Session; response: ResponsePayload }> {
    const { sessions, connect } = this.#parts;
    const existing = sessions.withPeer(peerId);
    let session = existing ?? (await connect(peerId));
    using(session.id);
    try {
      return { session, response: await this.#ask(session, message) };
    } catch (cause) {
      const error = asParleyError(cause);
      if (existing === undefined || !isSessionLost(error)) throw error;
      // Another request may have found the loss first and made the new session.
      const youngest = sessions.withPeer(peerId);
      session = youngest === undefined || youngest === existing ? await connect(peerId) : youngest;
      using(session.id);
      return { session, response: await this.#ask(session, message) };
    }
  }

  /**
   * Brings a session into its next epoch (protocol page, section 4). A try that was not answered is repeated; when it rejects,
   * the next call repeats it once more. The number of the newest epoch: still the old one while the peer's own update, which
   * stands when both start one, is on its way.
   */
  async updateKeys(session: Session): Promise<number> {
    const { environment, sessions, newId } = this.#parts;
    const context = { environment, observe: this.#observer(session) };
    const post = this.#carrier(session, {}, updateDeadlineMs);
    await this.#repeat(session, () => updateKeys(context, session, () => `update_${newId()}`, post));
    sessions.renewed(session);
    return session.epochNumber;
  }

  async #ask(session: Session, message: JsonObject & { readonly request_id: string }): Promise<ResponsePayload> {
    await this.#keepFresh(session);
    return this.#repeat(session, () => this.#post(session, message, answerDeadlineMs));
  }

  /** Updates keys that have been used for long: while messages go on when they are due, before any when they are overdue. */
  async #keepFresh(session: Session): Promise<void> {
    if (session.status !== 'ESTABLISHED') return;
    const now = unixSeconds(this.#parts.environment);
    const due = session.live(now).epoch.due(now);
    // One that was not answered may have begun the next epoch at the peer: it comes first.
    if (due === 'overdue' || session.updates.own !== undefined) await this.updateKeys(session);
    else if (due === 'due') this.updateKeys(session).catch(() => undefined);
  }

  /**
   * A lost answer is asked for again in a new envelope (protocol page, section 4). It is also lost when the peer has had this
   * very envelope before: the wire has doubled it, and the answer went with the copy.
   */
  async #repeat<T>(session: Session, run: () => Promise<T>): Promise<T> {
    const { records } = this.#parts;
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await run();
        records.updateSession(session.id, { unreachable: false });
        return result;
      } catch (cause) {
        const error = asParleyError(cause);
        const wait = retryAfterMs[attempt];
        const isLost = error.code === 'peer_unreachable' || error.code === 'replayed_message';
        if (!isLost || wait === undefined) {
          if (error.code === 'peer_unreachable') records.updateSession(session.id, { unreachable: true });
          throw error;
        }
        await new Promise<void>((resolve) => this.#parts.scheduler.after(wait, resolve));
      }
    }
  }

  async #post(
    session: Session,
    message: JsonObject & { readonly request_id: string },
    deadlineMs: number,
  ): Promise<ResponsePayload> {
    const { environment, verified } = this.#parts;
    verified.requireDecided(session.peer.agentId);
    const { value } = await sendEncryptedMessage(
      { environment, observe: this.#observer(session) },
      session,
      { ...message, nonce: encodeBase64(environment.random(16)) },
      this.#carrier(session, { requestId: message.request_id }, deadlineMs),
    );
    return value;
  }

  #observer(session: Session): Observer {
    return (event) => this.#parts.records.trace(session.id, event);
  }

  /** Posts envelopes of a session to its peer, and counts them. */
  #carrier(session: Session, about: { readonly requestId?: string }, deadlineMs: number) {
    const { network, wireLog, records, verified } = this.#parts;
    const peerId = session.peer.agentId;
    return async (body: Bytes): Promise<Answer> => {
      verified.requireDecided(peerId);
      const before = records.session(session.id);
      if (before !== undefined) records.updateSession(session.id, { sent: before.sent + 1 });
      const url = `${before?.peerAddress ?? ''}/agent/message`;
      const answer = await wireLog.post(network, url, body, { peerId, sessionId: session.id, ...about }, deadlineMs);
      const after = records.session(session.id);
      if (after !== undefined && answer.ok) records.updateSession(session.id, { received: after.received + 1 });
      return answer;
    };
  }
}

/** A peer may send any JSON as its error. */
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
