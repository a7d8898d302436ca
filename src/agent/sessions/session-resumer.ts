import type { Scheduler } from '../contracts/ports.ts';
import type { Resumptions } from './resumptions.ts';

/** Milliseconds between looks for peers whose sessions can be resumed, after a start; then it is left to the next request. */
const looksMs: readonly number[] = [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** Milliseconds that the former server of a session gives its client, which goes first. */
const turnAfterMs = 1_000;
/** Milliseconds for which a peer is waited for that is expected to come back. */
const comingMs = 30_000;
/** Sessions that are resumed by themselves after a start, the youngest first. */
const mostPeers = 20;

/** What coming back works with. */
export interface SessionResumerDeps {
  readonly resumptions: Resumptions;
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  now(): number;
  /** True when a session with the peer lives or is being made. */
  isConnected(peerId: string): boolean;
  /** Resolves with the next session with a peer, or after `ms` milliseconds. */
  nextSession(peerId: string, ms: number): Promise<void>;
  /** Resumes a session when the peer is there. */
  resume(peerId: string): Promise<void>;
  /** True when a peer says that the session which could be resumed lives on its side. */
  isAliveAt(peerId: string): Promise<boolean>;
}

/**
 * Goes on with the conversations of an earlier run of this agent (protocol page, section 5). When both sides have come back at
 * once, the former client resumes, so that the two do not use up the same record at the same moment.
 */
export class SessionResumer {
  readonly #deps: SessionResumerDeps;
  readonly #peers: Set<string>;
  readonly #startedAt: number;
  #timer: { cancel(): void } | undefined;
  #looks = 0;
  #isLooking = false;

  constructor(deps: SessionResumerDeps) {
    this.#deps = deps;
    this.#startedAt = deps.now();
    this.#peers = new Set(deps.resumptions.peers().slice(0, mostPeers));
    this.#wait();
  }

  /** Looks now: somebody has come or gone. */
  look(): void {
    void this.#look();
  }

  /** Resolves when a session with a peer is there, at once when none can be expected to come by itself. */
  async of(peerId: string): Promise<void> {
    const { isConnected, nextSession } = this.#deps;
    if (this.#peers.has(peerId) && !isConnected(peerId)) await nextSession(peerId, comingMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#peers.clear();
  }

  #wait(): void {
    const ms = looksMs[this.#looks++];
    if (ms === undefined || this.#peers.size === 0) return;
    this.#timer = this.#deps.scheduler.after(ms, () => {
      void this.#look().finally(() => this.#wait());
    });
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    await Promise.allSettled([...this.#peers].map((peerId) => this.#tryPeer(peerId)));
    this.#isLooking = false;
  }

  async #tryPeer(peerId: string): Promise<void> {
    const { resumptions, isConnected, resume, isAliveAt, now } = this.#deps;
    const record = resumptions.withPeer(peerId);
    if (record === undefined || isConnected(peerId)) {
      this.#peers.delete(peerId);
      return;
    }
    if (record.role === 'server') {
      if (now() - this.#startedAt < turnAfterMs || !(await isAliveAt(peerId))) return;
      if (isConnected(peerId)) return;
    }
    await resume(peerId);
  }
}
