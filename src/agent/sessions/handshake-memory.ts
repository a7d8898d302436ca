import { type Bytes, type Nonce, type SessionId, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { HandshakeMemory, NonceOwner } from '../../protocol/handshake/context.ts';
import { replayedHello } from '../../protocol/handshake/hello-checks.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import { limits } from '../../protocol/limits.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { peerKeyOf } from './peer-key.ts';

/** How full the session table is; `freeIn` is the seconds until the next place is free. */
export interface Room {
  readonly sessions: number;
  readonly halfOpen: number;
  readonly freeIn: number;
  /** Returns the number of half-open handshakes of a peer's signing key; see `peerKeyOf`. */
  halfOpenOf(peerKey: string): number;
}

/** How many sessions an agent takes, and how many of one peer (protocol page, section 3). */
export interface SessionLimits {
  readonly sessions: number;
  readonly halfOpen: number;
  readonly sessionsPerPeer?: number;
  readonly halfOpenPerPeer?: number;
}

/** The session limits of the protocol page, section 3. */
export const standardLimits: SessionLimits = { sessions: limits.sessions, halfOpen: limits.halfOpenHandshakes };

/** What the memory works with. */
export interface HandshakeMemoryDeps {
  readonly store: Pick<AgentStore, 'loadNonces' | 'addNonce' | 'dropNonces'>;
  /** Unix seconds. */
  now(): number;
  room(): Room;
  readonly limits: SessionLimits;
  /**
   * True when a signing certificate, DER and perhaps unsigned as yet, holds a key that the person has marked as
   * verified.
   */
  showsVerifiedKey(signing: Bytes): Promise<boolean>;
}

/** One place in so many is kept for this agent's own handshakes and for verified peers. */
const keptPart = 8;
/** Hellos of one signing key that are taken within the time for which nonces are kept: each of them has to be remembered. */
const mostHellos = 6_000;

interface Entering {
  readonly since: number;
  readonly peerKey: string | undefined;
}

/** Seen nonces, kept across restarts, and used session ids, kept as long (protocol page, section 3). */
export class AgentHandshakeMemory implements HandshakeMemory {
  readonly #deps: HandshakeMemoryDeps;
  readonly #nonces = new Map<string, number>();
  readonly #sessionIds = new Map<string, number>();
  /** Handshakes that have taken a place and are not yet in the session table. */
  readonly #entering = new Map<SessionId, Entering>();
  /** Hellos of each signing key since a time. */
  readonly #hellos = new Map<string, { readonly since: number; count: number }>();
  #prunedAt = 0;

  constructor(deps: HandshakeMemoryDeps) {
    this.#deps = deps;
  }

  /** Reads back what earlier runs of this agent have seen. */
  async load(): Promise<void> {
    const { store, now } = this.#deps;
    for (const { key, seenAt } of await store.loadNonces(now() - limits.nonceMemory)) this.#nonces.set(key, seenAt);
  }

  hasNonce(owner: NonceOwner, nonce: Nonce): boolean {
    return this.#nonces.has(nonceKey(owner, nonce));
  }

  hasSession(sessionId: SessionId): boolean {
    return this.#sessionIds.has(sessionId);
  }

  /**
   * Throws `session_limit_reached` unless there is a place. When only kept ones are left, the certificate of a verified peer may go on
   * to the signature, which decides.
   */
  async requireRoom(claimed: Bytes | undefined): Promise<void> {
    if (this.#free('all') > 0) return;
    const mayUseKept = this.#free('kept') > 0 && claimed !== undefined;
    if (mayUseKept && (await this.#deps.showsVerifiedKey(claimed))) return;
    throw this.#noRoom();
  }

  async recordNonce(owner: NonceOwner, nonce: Nonce, peer?: PeerIdentity): Promise<void> {
    const key = nonceKey(owner, nonce);
    if (this.#nonces.has(key)) throw replayedHello();
    if (peer !== undefined) this.#countHello(peerKeyOf(peer));
    const seenAt = this.#deps.now();
    this.#nonces.set(key, seenAt);
    await this.#prune();
    await this.#deps.store.addNonce({ key, seenAt });
  }

  async reserveSession(sessionId: SessionId, peer?: PeerIdentity): Promise<void> {
    // This side's own handshakes and verified peers have the kept places too.
    const isKept = peer === undefined || (await this.#deps.showsVerifiedKey(peer.certificates.signing));
    if (this.#sessionIds.has(sessionId)) {
      throw new ParleyError('session_conflict', 'This session id was used before. Start a new handshake.');
    }
    const peerKey = peer === undefined ? undefined : peerKeyOf(peer);
    const since = this.#deps.now();
    if (peerKey !== undefined) {
      // Its signature has verified: whatever becomes of it, nobody continues it later (protocol page, section 3).
      this.#sessionIds.set(sessionId, since);
    }
    if (this.#free(isKept ? 'kept' : 'all') <= 0) throw this.#noRoom();
    if (peerKey !== undefined) this.#requireShare(peerKey);
    this.#sessionIds.set(sessionId, since);
    this.#entering.set(sessionId, { since, peerKey });
  }

  /** Says that a handshake is in the session table, or over, and needs the place no more that it took on its way there. */
  settle(sessionId: SessionId): void {
    this.#entering.delete(sessionId);
  }

  /** Returns the number of free places: all of them, or without those that are reserved. */
  #free(which: 'kept' | 'all'): number {
    // One that failed on its way is never settled: its place is free when a half-open handshake's would be.
    const over = this.#deps.now() - limits.halfOpen;
    for (const [id, { since }] of this.#entering) if (since <= over) this.#entering.delete(id);
    const { sessions, halfOpen } = this.#deps.room();
    const open = halfOpen + this.#entering.size;
    const most = this.#deps.limits;
    const kept = (places: number) => (which === 'kept' ? 0 : Math.floor(places / keptPart));
    return Math.min(most.sessions - kept(most.sessions) - sessions - open, most.halfOpen - kept(most.halfOpen) - open);
  }

  /** Applies the peer's share of half-open handshakes. Throws `session_limit_reached` past it. */
  #requireShare(peerKey: string): void {
    const { halfOpenPerPeer = limits.halfOpenPerPeer } = this.#deps.limits;
    let open = this.#deps.room().halfOpenOf(peerKey);
    for (const entering of this.#entering.values()) if (entering.peerKey === peerKey) open += 1;
    if (open >= halfOpenPerPeer) {
      throw new ParleyError(
        'session_limit_reached',
        `The agent that was asked holds ${halfOpenPerPeer} half-open handshakes of one peer at most. Try again later.`,
        { retryAfter: limits.halfOpen },
      );
    }
  }

  /** Applies the peer's share of what has to be remembered. Throws `rate_limited` past it. */
  #countHello(peerKey: string): void {
    const now = this.#deps.now();
    const known = this.#hellos.get(peerKey);
    const hellos = known === undefined || now - known.since > limits.nonceMemory ? { since: now, count: 0 } : known;
    if (hellos.count >= mostHellos) {
      const retryAfter = Math.max(1, hellos.since + limits.nonceMemory - now);
      throw new ParleyError('rate_limited', 'Too many handshakes of this peer. Try again later.', { retryAfter });
    }
    hellos.count += 1;
    this.#hellos.set(peerKey, hellos);
  }

  #noRoom(): ParleyError {
    const retryAfter = Math.max(1, this.#deps.room().freeIn);
    const detail = 'The agent that was asked can take no more sessions now. Try again later.';
    return new ParleyError('session_limit_reached', detail, { retryAfter });
  }

  async #prune(): Promise<void> {
    const { store, now: clock } = this.#deps;
    const now = clock();
    if (now - this.#prunedAt < 60) return;
    this.#prunedAt = now;
    // A hello with an old session id or nonce is refused for its timestamp long before these are forgotten.
    const nonceLimit = now - limits.nonceMemory;
    for (const [key, seenAt] of this.#nonces) if (seenAt < nonceLimit) this.#nonces.delete(key);
    for (const [key, { since }] of this.#hellos) if (since < nonceLimit) this.#hellos.delete(key);
    const sessionLimit = now - limits.sessionLifetime - limits.nonceMemory;
    for (const [id, at] of this.#sessionIds) if (at < sessionLimit) this.#sessionIds.delete(id);
    await store.dropNonces(nonceLimit);
  }
}

function nonceKey(owner: NonceOwner, nonce: Nonce): string {
  return `${toHex(owner)}:${toHex(nonce)}`;
}
