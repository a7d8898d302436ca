import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, type ParleyError } from '../../protocol/errors.ts';
import type { Session } from '../../protocol/session/session.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { ResponsePayload } from '../../protocol/wire/payload.ts';
import { clientFirstMs } from '../sessions/connector.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import { type ActivityLog, isSessionLost } from '../state/activity-log.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import type { KeyUpdater } from './key-updater.ts';
import type { Message as AnyMessage, MessageExchange } from './message-exchange.ts';
import type { Sending } from './sending.ts';
import { answerDeadlineMs, Tries, type TriesDeps } from './tries.ts';

/** Sessions lost at the other side that one request has replaced, at most. */
const mostReplaced = 3;

/** A request or the end of a session; a request says when it was first sent. */
export type Message = AnyMessage & { readonly sent_at?: number };

/** What requests are delivered with. */
export interface DeliveryDeps extends TriesDeps {
  readonly environment: Environment;
  readonly exchange: MessageExchange;
  readonly keyUpdater: KeyUpdater;
  readonly activity: ActivityLog;
  readonly sessions: SessionTable;
  readonly verified: VerifiedPeers;
  /** Returns a new session with a peer. */
  connect(peerId: string): Promise<Session>;
}

/** A request's answer, and the session it came in. */
export interface Delivered {
  readonly session: Session;
  readonly response: ResponsePayload;
}

/** Where a delivery stands. */
interface Standing {
  /** The session of the last try. */
  session?: Session | undefined;
  /** A session that this delivery has made and lost no try over. */
  made?: Session | undefined;
  /** The last session that was lost at the other side, and how many there were. */
  gone?: Session | undefined;
  replaced: number;
}

/** Brings requests to peers: over the peer's session, made first when there is none, and again when no answer came. */
export class Delivery {
  readonly #deps: DeliveryDeps;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  /**
   * Delivers a request and returns its answer. Each try is a new envelope under the same request_id (protocol page, section 4), so it
   * runs at most once. Rejects with the reason of `sending`, and with what the last try threw.
   */
  async deliver(sending: Sending, message: Message): Promise<Delivered> {
    const tries = new Tries(this.#deps, sending);
    const standing: Standing = { replaced: 0 };
    try {
      for (;;) {
        await tries.connected(this.#addressOf(this.#usable(sending.peerId, standing)));
        try {
          return await this.#try(sending, message, tries, standing);
        } catch (cause) {
          sending.signal.throwIfAborted();
          const error = asParleyError(cause);
          if (await this.#replaces(error, standing)) continue;
          if (error.code === 'peer_unreachable') this.#showReached(standing.session, false);
          standing.made = undefined;
          await tries.after(error, standing.session !== undefined);
        }
      }
    } finally {
      tries.end();
    }
  }

  async #try(sending: Sending, message: Message, tries: Tries, standing: Standing): Promise<Delivered> {
    const { connect } = this.#deps;
    standing.session = this.#usable(sending.peerId, standing);
    if (standing.session === undefined) {
      tries.begin(undefined);
      standing.session = await sending.race(connect(sending.peerId));
      standing.made = standing.session;
    }
    const { session } = standing;
    sending.using(session.id);
    await sending.race(this.#keepFresh(session));
    tries.begin(this.#addressOf(session));
    const response = await sending.race(this.post(session, message, { deadlineMs: answerDeadlineMs, sending }));
    this.#showReached(session, true);
    return { session, response };
  }

  /** Returns the session that the next try goes out over; undefined when it takes a new one. */
  #usable(peerId: string, { gone }: Standing): Session | undefined {
    const youngest = this.#deps.sessions.withPeer(peerId);
    return youngest === gone ? undefined : youngest;
  }

  /** True when the session of the last try is lost at the other side and another one may take its place. */
  async #replaces(error: ParleyError, standing: Standing): Promise<boolean> {
    const { session, made } = standing;
    if (session === undefined || session === made || !isSessionLost(error)) return false;
    if (standing.replaced >= mostReplaced) return false;
    standing.replaced += 1;
    standing.gone = session;
    const { sessions } = this.#deps;
    const { agentId } = session.peer;
    // A client that lost its session comes back by itself, and goes first: two resumptions at once would use up one record.
    if (error.code === 'unknown_session' && session.role === 'server' && sessions.withPeer(agentId) === session) {
      await sessions.nextWithPeer(agentId, clientFirstMs);
    }
    return true;
  }

  #addressOf(session: Session | undefined): string | undefined {
    return session === undefined ? undefined : this.#deps.activity.session(session.id)?.peerAddress;
  }

  #showReached(session: Session | undefined, isReached: boolean): void {
    if (session === undefined) return;
    const { activity } = this.#deps;
    if (activity.session(session.id)?.unreachable === isReached) {
      activity.updateSession(session.id, { unreachable: !isReached });
    }
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

  /** Posts a message once and returns its answer. Rejects with what posting and opening throw, and with the reason of `sending`. */
  async post(
    session: Session,
    message: Message,
    { deadlineMs, sending }: { readonly deadlineMs: number; readonly sending?: Sending },
  ): Promise<ResponsePayload> {
    const { environment, verified, sessions, exchange, keyUpdater } = this.#deps;
    verified.requireDecided(session.peer.agentId);
    const { value } = await sessions.using(session, async () => {
      const sent = { ...readableBy(session, message), nonce: encodeBase64(environment.random(16)) };
      const about = { requestId: message.request_id, deadlineMs };
      const posting =
        sending === undefined ? about : { ...about, signal: sending.signal, posted: () => sending.posted() };
      const answer = await exchange.ask(session, sent, posting);
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
