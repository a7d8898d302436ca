import type { SessionId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import { limits } from '../../protocol/limits.ts';
import type { Session } from '../../protocol/session/session.ts';
import { failureView } from '../contracts/failures.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { FairStore } from '../state/fair-store.ts';
import { HalfOpenHandshakes } from './half-open-handshakes.ts';
import type { Room } from './handshake-memory.ts';
import { peerKeyOf } from './peer-key.ts';

/** Ended sessions that still answer `session_closed` or `session_expired` instead of `unknown_session`. */
const endedKept = 300;

interface Living {
  readonly session: Session;
  /** Grows with every use: the least is the least recently used. */
  lastUse: number;
  /** Requests that are under way over it, of either side. */
  underWay: number;
}

/** What a session table works with. */
export interface SessionTableDeps {
  readonly activity: ActivityLog;
  readonly scheduler: Scheduler;
  /** Unix seconds. */
  now(): number;
  /** Hears of every session whose next epoch has begun. */
  epochBegun(session: Session): void;
}

/** The sessions of an agent, and the clocks that end them. */
export class SessionTable {
  readonly halfOpen: HalfOpenHandshakes;
  readonly #deps: SessionTableDeps;
  readonly #activity: ActivityLog;
  readonly #scheduler: Scheduler;
  readonly #now: () => number;
  readonly #alive = new Map<string, Living>();
  /** Counts up with every use of a session. */
  #uses = 0;
  readonly #ended = new FairStore<Session>({ items: endedKept, weight: endedKept });
  #isClosed = false;
  /** Living sessions over which nothing more is sent, and since when, in Unix seconds. */
  readonly #retired = new WeakMap<Session, number>();
  /** Sessions that this agent is making as their client; each settles with its making. */
  readonly #making = new Map<string, Promise<unknown>>();
  /** What lets go of old sessions and epochs in a while. */
  readonly #lettingGo = new Set<{ cancel(): void }>();
  /** What ends the living sessions that expire first, `at` in Unix seconds: a timer for each would take a tenth of its memory. */
  #expiring: { readonly at: number; readonly timeout: { cancel(): void } } | undefined;
  /** Who hears of every session that begins. */
  readonly #followers = new Set<(peerId: string) => void>();
  /** Who waits for a session with a peer. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(deps: SessionTableDeps) {
    const { activity, scheduler, now } = deps;
    this.#deps = deps;
    this.#activity = activity;
    this.#scheduler = scheduler;
    this.#now = now;
    this.halfOpen = new HalfOpenHandshakes(activity, scheduler, now);
  }

  /** Returns how full the table is. */
  room(): Room {
    const { halfOpen } = this;
    halfOpen.endLate();
    const now = this.#now();
    let earliest: number = limits.sessionLifetime;
    for (const { expiresAt } of this.alive()) earliest = Math.min(earliest, expiresAt - now);
    return {
      sessions: this.#alive.size,
      halfOpen: halfOpen.size,
      freeIn: halfOpen.isWaiting ? Math.min(earliest, limits.halfOpen) : earliest,
      halfOpenOf: (peerKey) => halfOpen.countOf(peerKey),
    };
  }

  /** Ends every session, without a CLOSE, and takes no more in; `reason` is shown of each. */
  close(reason?: ParleyError): void {
    this.#isClosed = true;
    this.halfOpen.close();
    for (const timeout of this.#lettingGo) timeout.cancel();
    this.#lettingGo.clear();
    for (const waiting of [...this.#waiting.values()]) for (const done of [...waiting]) done();
    for (const session of this.alive()) this.end(session, 'CLOSED', reason);
  }

  /** Throws `not_registered` after `close`. */
  requireOpen(): void {
    if (this.#isClosed) throw new ParleyError('not_registered', 'This agent has been stopped. No session was made.');
  }

  /** Takes a new session in, which can be sent over from now on; it ends by itself at its expiry. */
  establish(session: Session): void {
    this.#alive.set(session.id, { session, lastUse: this.#uses++, underWay: 0 });
    if (this.#expiring === undefined || session.expiresAt < this.#expiring.at) {
      this.#expireAt(session.expiresAt, this.#now());
    }
    for (const done of [...(this.#waiting.get(session.peer.agentId) ?? [])]) done();
    for (const began of this.#followers) began(session.peer.agentId);
  }

  /** Tells `began` of the peer of every session that begins from now on. Returns what ends that. */
  follow(began: (peerId: string) => void): () => void {
    this.#followers.add(began);
    return () => void this.#followers.delete(began);
  }

  #expireAt(at: number, now: number): void {
    this.#expiring?.timeout.cancel();
    const timeout = this.#scheduler.after((at - now) * 1_000, () => this.#endExpired(at));
    this.#expiring = { at, timeout };
  }

  /** Ends what expires until `due`, also when the clock was set back meanwhile, and waits for what expires next. */
  #endExpired(due: number): void {
    this.#expiring = undefined;
    const reached = Math.max(due, this.#now());
    for (const { session } of [...this.#alive.values()]) if (session.expiresAt <= reached) this.end(session, 'EXPIRED');
    let next = Number.POSITIVE_INFINITY;
    for (const { session } of this.#alive.values()) next = Math.min(next, session.expiresAt);
    if (this.#alive.size > 0) this.#expireAt(next, reached);
  }

  /** Runs something over a session, which is not taken for unused meanwhile. */
  async using<T>(session: Session, work: () => Promise<T>): Promise<T> {
    const living = this.#alive.get(session.id);
    if (living === undefined) return work();
    living.lastUse = this.#uses++;
    living.underWay += 1;
    try {
      return await work();
    } finally {
      living.underWay -= 1;
    }
  }

  /**
   * Makes a place for one more session of a peer's signing key (protocol page, section 3): past `most`, its least recently used one
   * without a request under way ends, and can be resumed. Throws `session_limit_reached` when each has one.
   */
  makePlace(peer: PeerIdentity, most: number): void {
    const key = peerKeyOf(peer);
    const theirs = this.alive().filter((session) => peerKeyOf(session.peer) === key);
    const idle = theirs
      .flatMap(({ id }) => this.#alive.get(id) ?? [])
      .filter(({ underWay }) => underWay === 0)
      .toSorted((a, b) => a.lastUse - b.lastUse);
    const over = idle.slice(0, Math.max(0, theirs.length - most + 1));
    if (theirs.length - over.length >= most) {
      throw new ParleyError(
        'session_limit_reached',
        `The agent that was asked holds ${most} sessions of one peer at most, and each is in use. Try again later.`,
        { retryAfter: limits.halfOpen },
      );
    }
    const reason = new ParleyError('session_limit_reached', 'Newer sessions with this peer took its place.');
    for (const { session } of over) this.end(session, 'CLOSED', reason);
  }

  /** Resolves with the next session with a peer, after `ms` milliseconds, or with `close`. */
  nextWithPeer(peerId: string, ms: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(peerId) ?? new Set();
      this.#waiting.set(peerId, waiting);
      const done = () => {
        timeout.cancel();
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(peerId);
        resolve();
      };
      const timeout = this.#scheduler.after(ms, done);
      waiting.add(done);
    });
  }

  /**
   * Lets go of a session that was resumed in another one: the peer may have lost it, and nothing more is sent over it. What is
   * under way in it has 30 s to come in.
   */
  retire(sessionId: string): void {
    const found = this.#alive.get(sessionId);
    if (found === undefined) return;
    this.#retired.set(found.session, this.#now());
    this.#letGo(() => this.end(found.session, 'CLOSED'));
  }

  /** Shows the epoch that a session has come to, and drops the keys of the one before when its time is over. */
  renewed(session: Session): void {
    if (this.#activity.session(session.id)?.epoch === session.epochNumber) return;
    this.#activity.updateSession(session.id, { epoch: session.epochNumber });
    this.#deps.epochBegun(session);
    this.#letGo(() => session.eraseOldEpoch(this.#now()));
  }

  #letGo(task: () => void): void {
    const timeout = this.#scheduler.after(limits.oldKeys * 1_000, () => {
      this.#lettingGo.delete(timeout);
      task();
    });
    this.#lettingGo.add(timeout);
  }

  /** True when this run of the agent has had a session of this id. */
  isKnown(id: string): boolean {
    return this.#alive.has(id) || this.#ended.get(id) !== undefined;
  }

  /** Returns the session of this id, alive or ended. Throws `unknown_session`. */
  find(id: string): Session {
    const session = this.#alive.get(id)?.session ?? this.#ended.get(id);
    const retiredAt = session === undefined ? undefined : this.#retired.get(session);
    const isLate = retiredAt !== undefined && this.#now() - retiredAt > limits.oldKeys;
    if (session !== undefined && isLate) this.end(session, 'CLOSED');
    if (session === undefined) {
      throw new ParleyError(
        'unknown_session',
        'The agent that was asked has no such session: it may have been restarted. Connect again.',
      );
    }
    return session;
  }

  /** Runs what makes a session as its client: the peer may send over it before its last answer has been read here. */
  async making<T>(id: SessionId, make: () => Promise<T>): Promise<T> {
    const made = make();
    this.#making.set(
      id,
      made.catch(() => undefined),
    );
    try {
      return await made;
    } finally {
      this.#making.delete(id);
    }
  }

  /**
   * Works as `find`, once a session of this id that is being made is there or has failed. Rejects with
   * `unknown_session`.
   */
  async findMade(id: string): Promise<Session> {
    await this.#making.get(id);
    return this.find(id);
  }

  /** Returns the youngest living session with a peer that is sent over. */
  withPeer(peerId: string): Session | undefined {
    return this.alive()
      .filter((session) => session.peer.agentId === peerId && !this.#retired.has(session))
      .at(-1);
  }

  /** Returns every living session, oldest first. */
  alive(): Session[] {
    const now = this.#now();
    for (const { session } of [...this.#alive.values()]) if (now >= session.expiresAt) this.end(session, 'EXPIRED');
    return [...this.#alive.values()].map(({ session }) => session);
  }

  /** Ends a session, drops its keys and shows why. */
  end(session: Session, status: 'CLOSED' | 'EXPIRED', reason?: ParleyError): void {
    const found = this.#alive.get(session.id);
    if (found === undefined) return;
    this.#alive.delete(session.id);
    if (this.#alive.size === 0) {
      this.#expiring?.timeout.cancel();
      this.#expiring = undefined;
    }
    session.end(status);
    this.#ended.set(session.id, peerKeyOf(session.peer), 1, session);
    this.#activity.updateSession(session.id, {
      status,
      ...(reason === undefined ? {} : { failure: failureView(reason) }),
    });
  }
}
