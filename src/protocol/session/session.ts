import type { AgentId, Bytes, SessionId, TranscriptHash } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import type { Established } from '../handshake/established.ts';
import type { PeerIdentity } from '../handshake/identity.ts';
import type { Role } from '../handshake/key-schedule.ts';
import { ReplayWindow } from './replay-window.ts';

/** The traffic state of one epoch, as this side uses it. */
export interface Epoch {
  readonly number: number;
  readonly sendKey: CryptoKey;
  readonly receiveKey: CryptoKey;
  readonly sendIv: Bytes;
  readonly receiveIv: Bytes;
  readonly window: ReplayWindow;
}

/** An established session: who, until when, and the keys while it lives. */
export class Session {
  readonly id: SessionId;
  readonly role: Role;
  readonly self: AgentId;
  readonly peer: PeerIdentity;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly transcript: TranscriptHash;
  readonly keyFingerprint: string;
  #status: 'ESTABLISHED' | 'CLOSED' | 'EXPIRED' = 'ESTABLISHED';
  #live: { readonly epoch: Epoch; readonly signingKey: CryptoKey; readonly peerSigningKey: CryptoKey } | undefined;
  #nextSequence = 0;

  constructor(input: Established) {
    this.id = input.id;
    this.role = input.role;
    this.self = input.self;
    this.peer = input.peer;
    this.createdAt = input.createdAt;
    this.expiresAt = input.expiresAt;
    this.transcript = input.transcript;
    this.keyFingerprint = input.keyFingerprint;
    const { keys } = input;
    const client = { key: keys.clientKey, iv: keys.clientIv };
    const server = { key: keys.serverKey, iv: keys.serverIv };
    const [send, receive] = input.role === 'client' ? [client, server] : [server, client];
    this.#live = {
      epoch: {
        number: 0,
        sendKey: send.key,
        sendIv: send.iv,
        receiveKey: receive.key,
        receiveIv: receive.iv,
        window: new ReplayWindow(),
      },
      signingKey: input.signingKey,
      peerSigningKey: input.peerSigningKey,
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
  live(now: number): { readonly epoch: Epoch; readonly signingKey: CryptoKey; readonly peerSigningKey: CryptoKey } {
    if (this.#live !== undefined && now >= this.expiresAt) this.end('EXPIRED');
    if (this.#live === undefined) {
      throw this.#status === 'EXPIRED'
        ? new ParleyError('session_expired', 'The session has reached its end. Connect again to go on.')
        : new ParleyError('session_closed', 'The session was closed. Connect again to go on.');
    }
    return this.#live;
  }

  /** The next sequence number of this direction; each is given once. */
  takeSequence(): number {
    return this.#nextSequence++;
  }

  /** Ends the session and drops its keys. The first end stands. */
  end(status: 'CLOSED' | 'EXPIRED'): void {
    if (this.#live === undefined) return;
    this.#status = status;
    this.#live.epoch.sendIv.fill(0);
    this.#live.epoch.receiveIv.fill(0);
    this.#live = undefined;
  }
}
