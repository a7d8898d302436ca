import { type Nonce, type SessionId, toHex } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { HandshakeMemory, NonceOwner } from '../protocol/handshake/context.ts';
import { limits } from '../protocol/wire/limits.ts';
import type { AgentStore } from './ports.ts';

/** How full the session table is; `freeIn` is the seconds until the next place is free. */
export interface Room {
  readonly sessions: number;
  readonly halfOpen: number;
  readonly freeIn: number;
}

/** How many sessions an agent takes (protocol page, section 3). */
export interface SessionLimits {
  readonly sessions: number;
  readonly halfOpen: number;
}

/** Seen nonces, kept across restarts, and used session ids, kept as long (protocol page, section 3). */
export class AgentHandshakeMemory implements HandshakeMemory {
  readonly #store: AgentStore;
  readonly #now: () => number;
  readonly #room: () => Room;
  readonly #limits: SessionLimits;
  readonly #nonces = new Map<string, number>();
  readonly #sessionIds = new Map<string, number>();
  /** Handshakes that have taken a place and are not yet in the session table, and since when. */
  readonly #entering = new Map<SessionId, number>();
  #prunedAt = 0;

  /** `now` gives Unix seconds. */
  constructor(store: AgentStore, now: () => number, room: () => Room, sessionLimits: SessionLimits) {
    this.#store = store;
    this.#now = now;
    this.#room = room;
    this.#limits = sessionLimits;
  }

  /** Reads back what earlier runs of this agent have seen. */
  async load(): Promise<void> {
    for (const { key, seenAt } of await this.#store.loadNonces(this.#now() - limits.nonceMemory)) {
      this.#nonces.set(key, seenAt);
    }
  }

  hasNonce(owner: NonceOwner, nonce: Nonce): boolean {
    return this.#nonces.has(nonceKey(owner, nonce));
  }

  hasSession(sessionId: SessionId): boolean {
    return this.#sessionIds.has(sessionId);
  }

  requireRoom(): void {
    // One that failed on its way is never settled: its place is free when a half-open handshake's would be.
    const over = this.#now() - limits.halfOpen;
    for (const [id, since] of this.#entering) if (since <= over) this.#entering.delete(id);
    const { sessions, halfOpen, freeIn } = this.#room();
    const open = halfOpen + this.#entering.size;
    if (sessions + open >= this.#limits.sessions || open >= this.#limits.halfOpen) {
      throw new ParleyError('session_limit_reached', 'This agent can take no more sessions now. Try again later.', {
        retryAfter: Math.max(1, freeIn),
      });
    }
  }

  async recordNonce(owner: NonceOwner, nonce: Nonce): Promise<void> {
    const key = nonceKey(owner, nonce);
    if (this.#nonces.has(key)) {
      throw new ParleyError('replayed_nonce', 'This hello was received before. Start a new handshake.');
    }
    const seenAt = this.#now();
    this.#nonces.set(key, seenAt);
    await this.#prune();
    await this.#store.addNonce({ key, seenAt });
  }

  reserveSession(sessionId: SessionId): void {
    if (this.#sessionIds.has(sessionId)) {
      throw new ParleyError('session_conflict', 'This session id was used before. Start a new handshake.');
    }
    this.requireRoom();
    this.#sessionIds.set(sessionId, this.#now());
    this.#entering.set(sessionId, this.#now());
  }

  /** Says that a handshake is in the session table, or over, and needs the place no more that it took on its way there. */
  settle(sessionId: SessionId): void {
    this.#entering.delete(sessionId);
  }

  async #prune(): Promise<void> {
    const now = this.#now();
    if (now - this.#prunedAt < 60) return;
    this.#prunedAt = now;
    // A hello with an old session id or nonce is refused for its timestamp long before these are forgotten.
    const nonceLimit = now - limits.nonceMemory;
    for (const [key, seenAt] of this.#nonces) if (seenAt < nonceLimit) this.#nonces.delete(key);
    const sessionLimit = now - limits.sessionLifetime - limits.nonceMemory;
    for (const [id, at] of this.#sessionIds) if (at < sessionLimit) this.#sessionIds.delete(id);
    await this.#store.dropNonces(nonceLimit);
  }
}

function nonceKey(owner: NonceOwner, nonce: Nonce): string {
  return `${toHex(owner)}:${toHex(nonce)}`;
}
