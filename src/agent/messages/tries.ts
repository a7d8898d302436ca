import type { Environment } from '../../protocol/crypto/environment.ts';
import type { ErrorCode, ParleyError } from '../../protocol/errors.ts';
import { failureView } from '../contracts/failures.ts';
import type { OwnConnection, Scheduler } from '../contracts/ports.ts';
import type { Sending } from './sending.ts';

/** Milliseconds a request may take: the peer may ask a person, who has a minute. */
export const answerDeadlineMs = 90_000;
/** Milliseconds for which a peer that does not answer is tried: one that is reloaded is back within them. */
export const tryForMs = 20_000;
/** Milliseconds for which a request waits while this agent has no connection, and while the peer's side takes no more. */
export const patienceMs = 180_000;
/** Milliseconds before each repetition of a request whose answer was lost; the last one again and again. */
const waitsMs: readonly number[] = [150, 450, 1_000, 2_000, 4_000];
/** The same before a session is tried again, each of which is recorded. */
const sessionWaitsMs: readonly number[] = [1_000, 2_000, 4_000];
/** Milliseconds without an answer after which the directory is asked whether the peer is online. */
const lookAfterMs = 1_000;
/** Milliseconds to wait for whoever refuses a request for now and does not say how long. */
const usualRefusalMs = 1_000;

/** Codes after which the same request is sent again: no answer came, or the peer is only just starting. */
const lost: readonly ErrorCode[] = ['peer_unreachable', 'replayed_message', 'unavailable', 'controller_unreachable'];
/** Codes after which it is sent again once whoever refused it has room. */
const limited: readonly ErrorCode[] = ['rate_limited', 'session_limit_reached'];

/** What tries are made with. */
export interface TriesDeps {
  readonly environment: Pick<Environment, 'now' | 'random'>;
  readonly scheduler: Scheduler;
  /** Says whether the directory calls a peer offline. */
  readonly presence: { isOffline(peerId: string): Promise<boolean> };
  /** Undefined for an agent that is reached without a relay. */
  readonly ownConnection: OwnConnection | undefined;
}

/** The tries to deliver one request: how long they go on, and what is shown meanwhile. */
export class Tries {
  readonly #deps: TriesDeps;
  readonly #sending: Sending;
  readonly #unfollow: () => void;
  /** Until when each cause is waited for, in milliseconds since 1970. */
  #connectionUntil: number | undefined;
  #limitedUntil: number | undefined;
  #peerUntil: number | undefined;
  #peerTimer: { cancel(): void } | undefined;
  /** True once the time for a peer that does not answer is over. */
  #isLate = false;
  /** The loss after which it makes a pause now: one whose length nobody has said ends as soon as the peer is there. */
  #pausesAfter: ParleyError | undefined;
  #losses = 0;
  #address: string | undefined;
  #answerUntil = 0;
  #isOut = false;
  #look: { cancel(): void } | undefined;

  constructor(deps: TriesDeps, sending: Sending) {
    this.#deps = deps;
    this.#sending = sending;
    this.#unfollow = sending.presence.follow((isOnline) => {
      if (!isOnline) this.#foundOffline();
      else if (this.#pausesAfter !== undefined && this.#pausesAfter.retryAfter === undefined) sending.hurry();
    });
  }

  /**
   * Waits while this agent's own connection is interrupted, unless the request goes to an address that it does not need. `address` is
   * undefined while it is not known.
   */
  async connected(address: string | undefined): Promise<void> {
    this.#address = address;
    if (!this.#isCutOff()) return;
    const until = this.#waitForConnectionUntil();
    const left = Math.min(patienceMs, until - this.#now());
    if (left <= 0) return;
    this.#sending.waitsFor({ for: 'connection', until });
    await this.#sending.race(this.#deps.ownConnection?.settled(left) ?? Promise.resolve());
  }

  /** Shows that a try goes out to `address`. */
  begin(address: string | undefined): void {
    this.#address = address;
    this.#isOut = true;
    this.#answerUntil = this.#now() + answerDeadlineMs;
    if (this.#peerUntil === undefined || this.#isLate) this.#showAnswer();
    this.#look?.cancel();
    this.#look = this.#deps.scheduler.after(lookAfterMs, () => void this.#lookForPeer());
  }

  /** Waits until the next try after one that failed. Rejects with `error` when there is none. */
  async after(error: ParleyError, hadSession: boolean): Promise<void> {
    this.#isOut = false;
    this.#look?.cancel();
    if (lost.includes(error.code)) await this.#afterLoss(error, hadSession);
    else if (limited.includes(error.code)) await this.#afterRefusal(error);
    else throw error;
  }

  /** Lets go of its timers, and shows nothing more: the request is over. */
  end(): void {
    this.#isOut = false;
    this.#unfollow();
    this.#look?.cancel();
    this.#peerTimer?.cancel();
  }

  async #afterLoss(error: ParleyError, hadSession: boolean): Promise<void> {
    // Its own connection was lost meanwhile: that is waited for, for as long as there is patience.
    if (this.#isCutOff()) {
      if (this.#now() >= this.#waitForConnectionUntil()) throw error;
      return;
    }
    if (this.#isLate) throw error;
    const until = this.#tryPeerUntil();
    this.#sending.waitsFor({ for: 'peer', until, failure: failureView(error) });
    const waits = hadSession ? waitsMs : sessionWaitsMs;
    const wait = waits[Math.min(this.#losses, waits.length - 1)] ?? 0;
    this.#losses += 1;
    this.#pausesAfter = error;
    await this.#sending.pause(Math.max(wait, 1_000 * (error.retryAfter ?? 0)));
    this.#pausesAfter = undefined;
    if (this.#isLate) throw error;
  }

  async #afterRefusal(error: ParleyError): Promise<void> {
    this.#limitedUntil ??= this.#now() + patienceMs;
    const asked = error.retryAfter === undefined ? usualRefusalMs : 1_000 * error.retryAfter;
    // Many that were refused at once do not all come back at once.
    const wait = asked + (asked / 4) * this.#chance();
    if (this.#now() + wait > this.#limitedUntil) throw error;
    this.#sending.waitsFor({ for: 'limit', until: this.#limitedUntil, failure: failureView(error) });
    await this.#sending.pause(wait);
  }

  #waitForConnectionUntil(): number {
    this.#connectionUntil ??= this.#now() + patienceMs;
    return this.#connectionUntil;
  }

  #tryPeerUntil(): number {
    const until = this.#peerUntil ?? this.#now() + tryForMs;
    this.#peerUntil = until;
    this.#peerTimer ??= this.#deps.scheduler.after(tryForMs, () => {
      this.#isLate = true;
      // What has reached the peer by then may be answered still.
      if (this.#isOut) this.#showAnswer();
      if (this.#pausesAfter !== undefined) this.#sending.hurry();
    });
    return until;
  }

  #showAnswer(): void {
    this.#sending.waitsFor({ for: 'answer', until: this.#answerUntil });
  }

  #foundOffline(): void {
    if (this.#isOut && this.#peerUntil === undefined) {
      this.#sending.waitsFor({ for: 'peer', until: this.#tryPeerUntil() });
    }
  }

  async #lookForPeer(): Promise<void> {
    const isOffline = await this.#deps.presence.isOffline(this.#sending.peerId);
    if (isOffline) this.#foundOffline();
  }

  #isCutOff(): boolean {
    const { ownConnection } = this.#deps;
    return (
      ownConnection?.isInterrupted === true && (this.#address === undefined || ownConnection.forwards(this.#address))
    );
  }

  #now(): number {
    return this.#deps.environment.now();
  }

  #chance(): number {
    return (this.#deps.environment.random(1)[0] ?? 0) / 256;
  }
}
