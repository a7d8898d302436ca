import type { SessionId } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { Established } from '../protocol/handshake/established.ts';
import type { AwaitingClientConfirm } from '../protocol/handshake/responder.ts';
import { oldEpochSeconds, Session } from '../protocol/session/session.ts';
import { limits } from '../protocol/wire/limits.ts';
import type { Room } from './handshake-memory.ts';
import type { Scheduler } from './ports.ts';
import { failureView, type Records } from './records.ts';

/** Ended sessions that still answer `session_closed` or `session_expired` instead of `unknown_session`. */
const endedKept = 300;

/** A handshake that waits for its CLIENT_CONFIRM; `startedAt` is on the monotonic clock. */
export interface WaitingHandshake {
  readonly state: AwaitingClientConfirm;
  readonly startedAt: number;
}

interface HalfOpen extends WaitingHandshake {
  readonly timeout: { cancel(): void };
}

/** The sessions and half-open handshakes of an agent, and the clocks that end them. */
export class SessionTable {
  readonly #records: Records;
  readonly #scheduler: Scheduler;
  readonly #now: () => number;
  readonly #alive = new Map<string, { readonly session: Session; readonly timeout: { cancel(): void } }>();
  readonly #ended = new Map<string, Session>();
  readonly #halfOpen = new Map<SessionId, HalfOpen>();
  /** Handshakes whose CLIENT_CONFIRM is being checked. */
  readonly #confirming = new Set<SessionId>();

  /** `now` gives Unix seconds. */
  constructor(records: Records, scheduler: Scheduler, now: () => number) {
    this.#records = records;
    this.#scheduler = scheduler;
    this.#now = now;
  }

  room(): Room {
    const now = this.#now();
    let earliest: number = limits.sessionLifetime;
    for (const { session } of this.#alive.values()) earliest = Math.min(earliest, session.expiresAt - now);
    return {
      sessions: this.#alive.size,
      halfOpen: this.#halfOpen.size + this.#confirming.size,
      freeIn: this.#halfOpen.size > 0 ? Math.min(earliest, limits.halfOpen) : earliest,
    };
  }

  /** Holds a handshake that waits for its CLIENT_CONFIRM; after 30 s it is gone (protocol page, section 3). */
  holdOpen({ state, startedAt }: WaitingHandshake): void {
    const timeout = this.#scheduler.after(limits.halfOpen * 1_000, () => {
      if (!this.#halfOpen.delete(state.sessionId)) return;
      const error = new ParleyError('answer_timeout', 'The initiator did not confirm within 30 s.');
      this.#records.updateSession(state.sessionId, { status: 'FAILED', failure: failureView(error) });
    });
    this.#halfOpen.set(state.sessionId, { state, startedAt, timeout });
  }

  /** Takes a half-open handshake out, so that nothing can continue it twice; it keeps its place until `confirmed`. */
  takeHalfOpen(id: SessionId): WaitingHandshake | undefined {
    const found = this.#halfOpen.get(id);
    if (found === undefined) return undefined;
    this.#halfOpen.delete(id);
    this.#confirming.add(id);
    found.timeout.cancel();
    return found;
  }

  /** Says that a handshake which was taken out has become a session or is dead. */
  confirmed(id: SessionId): void {
    this.#confirming.delete(id);
  }

  /** Called with every new session. */
  established: (session: Session) => void = () => undefined;

  /** A new session from a handshake that succeeded; it ends by itself at its expiry. */
  establish(established: Established): Session {
    const session = new Session(established);
    const timeout = this.#scheduler.after((session.expiresAt - this.#now()) * 1_000, () =>
      this.end(session, 'EXPIRED'),
    );
    this.#alive.set(session.id, { session, timeout });
    this.established(session);
    return session;
  }

  /** Shows the epoch that a session has come to, and drops the keys of the one before when its time is over. */
  renewed(session: Session): void {
    if (this.#records.session(session.id)?.epoch === session.epochNumber) return;
    this.#records.updateSession(session.id, { epoch: session.epochNumber });
    this.#scheduler.after(oldEpochSeconds * 1_000, () => session.eraseOldEpoch(this.#now()));
  }

  /** The session of this id, alive or ended; throws `unknown_session`. */
  find(id: string): Session {
    const session = this.#alive.get(id)?.session ?? this.#ended.get(id);
    if (session === undefined) {
      throw new ParleyError(
        'unknown_session',
        'This agent has no such session: it may have been restarted. Connect again.',
      );
    }
    return session;
  }

  /** The youngest living session with a peer. */
  withPeer(peerId: string): Session | undefined {
    return this.alive()
      .filter((session) => session.peer.agentId === peerId)
      .at(-1);
  }

  /** Every living session, oldest first. */
  alive(): Session[] {
    const now = this.#now();
    for (const { session } of [...this.#alive.values()]) if (now >= session.expiresAt) this.end(session, 'EXPIRED');
    return [...this.#alive.values()].map(({ session }) => session);
  }

  /** Ends a session, drops its keys and shows why. */
  end(session: Session, status: 'CLOSED' | 'EXPIRED', reason?: ParleyError): void {
    const found = this.#alive.get(session.id);
    if (found === undefined) return;
    found.timeout.cancel();
    this.#alive.delete(session.id);
    session.end(status);
    this.#ended.set(session.id, session);
    for (const id of [...this.#ended.keys()].slice(0, Math.max(0, this.#ended.size - endedKept)))
      this.#ended.delete(id);
    this.#records.updateSession(session.id, {
      status,
      ...(reason === undefined ? {} : { failure: failureView(reason) }),
    });
  }
}
