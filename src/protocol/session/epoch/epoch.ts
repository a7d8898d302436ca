import { type Bytes, concat, isTranscriptHash, type TranscriptHash } from '../../bytes.ts';
import { lightHandle } from '../../crypto/key-handle.ts';
import { ParleyError } from '../../errors.ts';
import type { Role, SessionKeys } from '../../handshake/key-schedule.ts';
import { limits } from '../../limits.ts';
import { ReplayWindow } from './replay-window.ts';

/** Whether an epoch is to be followed by the next: `overdue` at twice the time or the messages, when no more data is sent. */
export type Due = 'not yet' | 'due' | 'overdue';

const ivLength = 12;

/** What an epoch begins with. Its bytes are copied. */
export interface EpochInput {
  readonly number: number;
  readonly keys: Pick<SessionKeys, 'clientKey' | 'serverKey' | 'clientIv' | 'serverIv' | 'updateKey' | 'resumptionKey'>;
  /** The salt of its key schedule: th3 or tr for epoch 0, salt' after that. */
  readonly salt: TranscriptHash;
  /** Unix seconds. */
  readonly startedAt: number;
}

/** The keys of one epoch of a session, as this side uses them, and how much they have been used. */
export class Epoch {
  readonly number: number;
  readonly startedAt: number;
  readonly sendKey: CryptoKey;
  readonly receiveKey: CryptoKey;
  /**
   * The IV of each direction and the salt, copied into one small buffer: each buffer that the platform made takes as much memory as two
   * keys. None of them is secret: envelopes carry the IVs XOR their sequence, and the salt is a hash of what travelled.
   */
  readonly #bytes: Bytes;
  readonly updateKey: CryptoKey;
  readonly resumptionKey: CryptoKey;
  readonly #window = new ReplayWindow();
  #nextSequence = 0;
  #received = 0;

  constructor(role: Role, { number, keys, salt, startedAt }: EpochInput) {
    this.number = number;
    this.startedAt = startedAt;
    this.updateKey = lightHandle(keys.updateKey);
    this.resumptionKey = lightHandle(keys.resumptionKey);
    const client = { key: lightHandle(keys.clientKey), iv: keys.clientIv };
    const server = { key: lightHandle(keys.serverKey), iv: keys.serverIv };
    const [send, receive] = role === 'client' ? [client, server] : [server, client];
    this.sendKey = send.key;
    this.receiveKey = receive.key;
    this.#bytes = concat(send.iv, receive.iv, salt);
  }

  /** Returns a copy of the IV of what this side sends, 12 bytes. */
  get sendIv(): Bytes {
    return this.#bytes.slice(0, ivLength);
  }

  /** Returns a copy of the IV of what this side receives, 12 bytes. */
  get receiveIv(): Bytes {
    return this.#bytes.slice(ivLength, 2 * ivLength);
  }

  /** Returns a copy of the salt of its key schedule, 32 bytes. */
  get salt(): TranscriptHash {
    const salt = this.#bytes.slice(2 * ivLength);
    if (!isTranscriptHash(salt)) throw new ParleyError('internal_error', 'The salt of an epoch has 32 bytes.');
    return salt;
  }

  /** Takes the next sequence number of this direction; each is given once. */
  takeSequence(): number {
    return this.#nextSequence++;
  }

  /** True when a message of this number may still come. Looking changes nothing. */
  accepts(sequence: number): boolean {
    return this.#window.accepts(sequence);
  }

  /** Marks a number as received, once its tag has verified; false when another copy was there first. */
  mark(sequence: number): boolean {
    const isNew = this.#window.mark(sequence);
    if (isNew) this.#received += 1;
    return isNew;
  }

  /** Returns whether its keys are due for an update at `now` (Unix seconds). */
  due(now: number): Due {
    const messages = (this.#nextSequence + this.#received) / limits.updateAfterMessages;
    const seconds = (now - this.startedAt) / limits.updateAfterSeconds;
    const used = Math.max(messages, seconds);
    if (used >= 2) return 'overdue';
    return used >= 1 ? 'due' : 'not yet';
  }

  /** Overwrites its IVs. */
  erase(): void {
    this.#bytes.fill(0, 0, 2 * ivLength);
  }
}
