import type { AgentId, Bytes, SessionId, TranscriptHash } from '../bytes.ts';
import type { Ed25519VerifyKey } from '../crypto/ed25519.ts';
import { lightHandle } from '../crypto/key-handle.ts';
import { ParleyError } from '../errors.ts';
import type { Established } from '../handshake/established.ts';
import type { PeerIdentity } from '../handshake/identity.ts';
import type { Role } from '../handshake/key-schedule.ts';
import type { Extensions } from '../wire/extensions.ts';
import { Epoch, type EpochInput } from './epoch.ts';
import type { KeyUpdates } from './update-state.ts';

/** Seconds for which an epoch's messages are still accepted after the next has begun (protocol page, section 4). */
export const oldEpochSeconds = 30;

/** What a living session works with. */
interface Live {
  /** The newest epoch: what is sent, is sent in it. */
  readonly epoch: Epoch;
  readonly signingKey: CryptoKey;
  readonly peerSigningKey: Ed25519VerifyKey;
  readonly peerSigningPublic: Bytes;
}

/** An established session: who, until when, and the keys while it lives. */
export class Session {
  readonly id: SessionId;
  readonly role: Role;
  readonly self: AgentId;
  readonly peer: PeerIdentity;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly keyFingerprint: string;
  /** What the peer's hello of this session says that it can take in; undefined when it said nothing. */
  readonly peerExtensions: Extensions | undefined;
  #status: 'ESTABLISHED' | 'CLOSED' | 'EXPIRED' = 'ESTABLISHED';
  #epochNumber = 0;
  #live: Live | undefined;
  #previous: { readonly epoch: Epoch; readonly until: number } | undefined;
  /** What this side and the peer have under way of the next key update. */
  readonly updates: KeyUpdates = {};

  constructor(input: Established) {
    this.id = input.id;
    this.role = input.role;
    this.self = input.self;
    this.peer = input.peer;
    this.createdAt = input.createdAt;
    this.expiresAt = input.expiresAt;
    this.keyFingerprint = input.keyFingerprint;
    this.peerExtensions = input.peerExtensions;
    const { keys, transcript: salt, createdAt: startedAt } = input;
    this.#live = {
      epoch: new Epoch(input.role, { number: 0, keys, salt, startedAt }),
      signingKey: lightHandle(input.signingKey),
      peerSigningKey: lightHandle(input.peerSigningKey),
      peerSigningPublic: input.peerSigningPublic,
    };
  }

  /** `EXPIRED` is noticed by `live`; until then an expired session still reads `ESTABLISHED`. */
  get status(): 'ESTABLISHED' | 'CLOSED' | 'EXPIRED' {
    return this.#status;
  }

  /**
   * The keys, while the session lives at `now` (Unix seconds). Throws `session_closed` or `session_expired`; noticing
   * the expiry erases the keys.
   */
  live(now: number): Live {
    if (this.#live !== undefined && now >= this.expiresAt) this.end('EXPIRED');
    if (this.#live === undefined) {
      throw this.#status === 'EXPIRED'
        ? new ParleyError('session_expired', 'The session has expired. Connect again to continue.')
        : new ParleyError('session_closed', 'The session was closed. Connect again to continue.');
    }
    return this.#live;
  }

  /** The number of the newest epoch, also after the end. */
  get epochNumber(): number {
    return this.#epochNumber;
  }

  /** The keys of an epoch that is accepted at `now` (Unix seconds): the newest, or the one before it for 30 s. */
  epochOf(number: number, now: number): Epoch | undefined {
    this.eraseOldEpoch(now);
    if (this.#live?.epoch.number === number) return this.#live.epoch;
    return this.#previous?.epoch.number === number ? this.#previous.epoch : undefined;
  }

  /** Begins the next epoch at `now` (Unix seconds): everything is sent in it from now on. */
  advance(keys: EpochInput['keys'], salt: TranscriptHash, now: number): void {
    const live = this.live(now);
    this.#previous?.epoch.erase();
    this.#previous = { epoch: live.epoch, until: now + oldEpochSeconds };
    this.#epochNumber = live.epoch.number + 1;
    this.#live = { ...live, epoch: new Epoch(this.role, { number: this.#epochNumber, keys, salt, startedAt: now }) };
  }

  /** Drops the keys of an epoch whose time after its end is over. */
  eraseOldEpoch(now: number): void {
    if (this.#previous === undefined || now < this.#previous.until) return;
    this.#previous.epoch.erase();
    this.#previous = undefined;
  }

  /** Ends the session and drops its keys. The first end stands. */
  end(status: 'CLOSED' | 'EXPIRED'): void {
    if (this.#live === undefined) return;
    this.#status = status;
    this.#live.epoch.erase();
    this.#previous?.epoch.erase();
    this.#live = undefined;
    this.#previous = undefined;
    // The private halves of an unanswered update's shares go with the keys.
    this.updates.own = undefined;
    this.updates.peers = undefined;
    this.updates.answered = undefined;
    this.updates.ran = undefined;
  }
}
