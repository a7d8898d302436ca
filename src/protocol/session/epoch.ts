import type { Bytes, TranscriptHash } from '../bytes.ts';
import { lightHandle } from '../crypto/key-handle.ts';
import type { Role, SessionKeys } from '../handshake/key-schedule.ts';
import { ReplayWindow } from './replay-window.ts';

/** When a session's keys are due to be updated (protocol page, section 4): by messages, both directions together, or by seconds. */
export const updateAfter = { messages: 1_000, seconds: 600 } as const;

/** Whether an epoch is to be followed by the next: `overdue` at twice the time or the messages, when no more data is sent. */
export type Due = 'not yet' | 'due' | 'overdue';

/** What an epoch begins with. */
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
  readonly salt: TranscriptHash;
  readonly startedAt: number;
  readonly sendKey: CryptoKey;
  readonly receiveKey: CryptoKey;
  readonly sendIv: Bytes;
  readonly receiveIv: Bytes;
  readonly updateKey: CryptoKey;
  readonly resumptionKey: CryptoKey;
  readonly #window = new ReplayWindow();
  #nextSequence = 0;
  #received = 0;

  constructor(role: Role, { number, keys, salt, startedAt }: EpochInput) {
    this.number = number;
    this.salt = salt;
    this.startedAt = startedAt;
    this.updateKey = lightHandle(keys.updateKey);
    this.resumptionKey = lightHandle(keys.resumptionKey);
    const client = { key: lightHandle(keys.clientKey), iv: keys.clientIv };
    const server = { key: lightHandle(keys.serverKey), iv: keys.serverIv };
    const [send, receive] = role === 'client' ? [client, server] : [server, client];
    this.sendKey = send.key;
    this.sendIv = send.iv;
    this.receiveKey = receive.key;
    this.receiveIv = receive.iv;
  }

  /** The next sequence number of this direction; each is given once. */
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

  /** Whether its keys have been used for long enough, at `now` (Unix seconds). */
  due(now: number): Due {
    const messages = (this.#nextSequence + this.#received) / updateAfter.messages;
    const seconds = (now - this.startedAt) / updateAfter.seconds;
    const used = Math.max(messages, seconds);
    if (used >= 2) return 'overdue';
    return used >= 1 ? 'due' : 'not yet';
  }

  /** Overwrites what are bytes of it. */
  erase(): void {
    this.sendIv.fill(0);
    this.receiveIv.fill(0);
  }
}
