import type { SessionId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { AwaitingClientConfirm } from '../../protocol/handshake/full/responder.ts';
import { limits } from '../../protocol/limits.ts';
import type { HandshakeNotes } from '../audit/entry/handshake-notes.ts';
import { failureView } from '../contracts/failures.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { peerKeyOf } from './peer-key.ts';

/** A handshake that waits for its CLIENT_CONFIRM; `startedAt` is on the monotonic clock. */
export interface WaitingHandshake {
  readonly state: AwaitingClientConfirm;
  readonly startedAt: number;
  readonly notes: HandshakeNotes;
}

interface HalfOpen extends WaitingHandshake {
  /** Unix seconds. */
  readonly since: number;
  readonly timeout: { cancel(): void };
}

/** The handshakes of an agent that wait for their CLIENT_CONFIRM, 30 s each (protocol page, section 3). */
export class HalfOpenHandshakes {
  readonly #activity: ActivityLog;
  readonly #scheduler: Scheduler;
  readonly #now: () => number;
  readonly #waiting = new Map<SessionId, HalfOpen>();
  /** Handshakes whose CLIENT_CONFIRM is being checked. */
  readonly #confirming = new Map<SessionId, WaitingHandshake>();

  /** `now` gives Unix seconds. */
  constructor(activity: ActivityLog, scheduler: Scheduler, now: () => number) {
    this.#activity = activity;
    this.#scheduler = scheduler;
    this.#now = now;
  }

  /** Returns how many there are, with those whose CLIENT_CONFIRM is being checked. */
  get size(): number {
    return this.#waiting.size + this.#confirming.size;
  }

  /** True when one of them ends by itself within 30 s. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Returns how many are of a peer's signing key; see `peerKeyOf`. */
  countOf(peerKey: string): number {
    const all = [...this.#waiting.values(), ...this.#confirming.values()];
    return all.filter(({ state }) => peerKeyOf(state.peer) === peerKey).length;
  }

  /** Holds a handshake until its CLIENT_CONFIRM comes; after 30 s it is gone. */
  hold(waiting: WaitingHandshake): void {
    const { state } = waiting;
    const timeout = this.#scheduler.after(limits.halfOpen * 1_000, () => this.end(state.sessionId, notConfirmed()));
    this.#waiting.set(state.sessionId, { ...waiting, since: this.#now(), timeout });
  }

  /** Ends what has waited for 30 s by the clock: the timers of a hidden tab, or after the machine slept, come late. */
  endLate(): void {
    const late = this.#now() - limits.halfOpen;
    for (const [id, { since }] of this.#waiting) {
      if (since >= late) return;
      this.end(id, notConfirmed());
    }
  }

  /** Takes a handshake out, so that nothing can continue it twice; it keeps its place until `confirmed`. */
  take(id: SessionId): WaitingHandshake | undefined {
    const found = this.#waiting.get(id);
    if (found === undefined) return undefined;
    this.#waiting.delete(id);
    this.#confirming.set(id, found);
    found.timeout.cancel();
    return found;
  }

  /** Says that a handshake which was taken out has become a session or is dead. */
  confirmed(id: SessionId): void {
    this.#confirming.delete(id);
  }

  /** Returns the handshakes that wait for their CLIENT_CONFIRM. */
  waiting(): readonly AwaitingClientConfirm[] {
    this.endLate();
    return [...this.#waiting.values()].map(({ state }) => state);
  }

  /** Returns the handshake of this id that waits for its CLIENT_CONFIRM; it goes on waiting. */
  find(id: SessionId): WaitingHandshake | undefined {
    this.endLate();
    return this.#waiting.get(id);
  }

  /** Ends a handshake that waits for its CLIENT_CONFIRM, and shows why. */
  end(id: SessionId, error: ParleyError): void {
    const found = this.#waiting.get(id);
    if (found === undefined) return;
    this.#waiting.delete(id);
    found.timeout.cancel();
    this.#activity.updateSession(id, { status: 'FAILED', failure: failureView(error) });
  }

  /** Forgets every one that waits, without showing anything. */
  close(): void {
    for (const { timeout } of this.#waiting.values()) timeout.cancel();
    this.#waiting.clear();
  }
}

function notConfirmed(): ParleyError {
  return new ParleyError('answer_timeout', 'The initiator did not confirm within 30 s.');
}
