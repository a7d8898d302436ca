import type { Bytes } from '../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { ReceivedResponse } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { ResponsePayload } from '../../protocol/wire/payload.ts';
import type { CarriedView } from '../contracts/carried-view.ts';
import { clientFirstMs } from '../sessions/connector.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import { type ActivityLog, isSessionLost } from '../state/activity-log.ts';
import { answeredBy, askedBy } from '../state/carried.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import type { KeyUpdater } from './key-updater.ts';
import type { Message as AnyMessage, MessageExchange } from './message-exchange.ts';
import type { Sending } from './sending.ts';
import { answerDeadlineMs, Tries, type TriesDeps } from './tries.ts';

/** Milliseconds within which PENDING comes too soon, and the first and longest pause before the answer is asked for again. */
const patientMs = 5_000;
const firstPauseMs = 250;
const longestPauseMs = 4_000;
/** What a peer, and this side, say of bytes that came in half: none of it is authenticated, and it may be said so often in a row. */
const harm: ReadonlySet<string> = new Set([
  'malformed_message',
  'signature_invalid',
  'decryption_failed',
  'invalid_answer',
]);
const mostHarmed = 4;
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
  /** The bytes beside it. */
  readonly attachment: Bytes | undefined;
}

/** What goes with a request. */
export interface Beside {
  readonly attachment?: Bytes | undefined;
  /** Hears that the peer has the request, and is at it. */
  pending?(): void;
}

/** How a message is posted once. */
interface Post {
  readonly deadlineMs: number;
  readonly sending?: Sending;
  readonly attachment?: Bytes | undefined;
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
  async deliver(sending: Sending, message: Message, beside: Beside = {}): Promise<Delivered> {
    let isTaken = streamTypes.has(message.message_type);
    for (let quick = 0; ; ) {
      const startedAt = this.#deps.environment.monotonic();
      const delivered = await (isTaken
        ? this.#deliverAgain(sending, message, beside)
        : this.#deliverOnce(sending, message, beside));
      isTaken = true;
      if (delivered.response.status !== 'PENDING' || message.message_type !== 'REQUEST') return delivered;
      beside.pending?.();
      // A peer that lets nobody wait is not asked again and again at once.
      quick = this.#deps.environment.monotonic() - startedAt < patientMs ? quick + 1 : 0;
      if (quick > 0) await sending.pause(Math.min(firstPauseMs * 2 ** (quick - 1), longestPauseMs));
    }
  }

  /**
   * Delivers what a peer takes when it comes whole: one that says it cannot read it was given half of it by the wire. A stream is many of
   * these, which one of them does not end.
   */
  async #deliverAgain(sending: Sending, message: Message, beside: Beside): Promise<Delivered> {
    for (let harmed = 1; ; harmed++) {
      try {
        return await this.#deliverOnce(sending, message, beside);
      } catch (cause) {
        sending.signal.throwIfAborted();
        if (harmed > mostHarmed || !harm.has(asParleyError(cause).code)) throw cause;
        await sending.pause(firstPauseMs);
      }
    }
  }

  /** Delivers a request until it is answered, be it with PENDING. */
  async #deliverOnce(sending: Sending, message: Message, beside: Beside): Promise<Delivered> {
    const tries = new Tries(this.#deps, sending);
    const standing: Standing = { replaced: 0 };
    try {
      for (;;) {
        await tries.connected(this.#addressOf(this.#usable(sending.peerId, standing)));
        try {
          return await this.#try(sending, { message, beside }, tries, standing);
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

  async #try(
    sending: Sending,
    { message, beside }: { readonly message: Message; readonly beside: Beside },
    tries: Tries,
    standing: Standing,
  ): Promise<Delivered> {
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
    const { attachment } = beside;
    const posted = this.post(session, message, { deadlineMs: answerDeadlineMs, sending, attachment });
    const { value: response, attachment: bytes } = await sending.race(posted);
    this.#showReached(session, true);
    return { session, response, attachment: bytes };
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
  async post(session: Session, message: Message, { deadlineMs, sending, attachment }: Post): Promise<ReceivedResponse> {
    const { environment, verified, sessions, exchange, keyUpdater } = this.#deps;
    verified.requireDecided(session.peer.agentId);
    return sessions.using(session, async () => {
      const sent = { ...readableBy(session, message, attachment), nonce: encodeBase64(environment.random(16)) };
      const carried = askedBy(sent, attachment);
      let note: ((carried: CarriedView) => void) | undefined;
      const about = {
        ...{ requestId: message.request_id, deadlineMs },
        ...(carried === undefined ? {} : { carried }),
        logged: (add: (carried: CarriedView) => void) => {
          note = add;
        },
      };
      const posting =
        sending === undefined ? about : { ...about, signal: sending.signal, posted: () => sending.posted() };
      const answer = await exchange.ask(session, sent, posting, { attachment });
      if (answer.isOfNextEpoch) await keyUpdater.settle(session);
      const received = await exchange.open(session, sent, answer);
      const told = answeredBy(carried, received.json, received.attachment);
      if (told !== undefined) note?.(told);
      return received;
    });
  }
}

/**
 * Returns a message without the members that the session's peer has not announced (protocol page, section 4.1). Throws `invalid_input` for
 * bytes to a peer that takes none: it would read the message as another one without them.
 */
function readableBy({ peerExtensions }: Session, message: Message, attachment: Bytes | undefined): Message {
  const streams = message.stream !== undefined || streamTypes.has(message.message_type);
  if (
    (attachment !== undefined && peerExtensions?.attachment !== true) ||
    (streams && peerExtensions?.stream !== true)
  ) {
    throw new ParleyError(
      'invalid_input',
      'This peer runs an earlier version that takes JSON alone. Nothing was sent.',
    );
  }
  if (peerExtensions?.sentAt === true) return message;
  const { sent_at: _, ...known } = message;
  return known;
}

const streamTypes: ReadonlySet<unknown> = new Set(['STREAM_READ', 'STREAM_WRITE', 'CANCEL']);
