import type { AgentId, Bytes, SessionId, TranscriptHash } from '../bytes.ts';
import type { Ed25519VerifyKey } from '../crypto/ed25519.ts';
import { unixSeconds } from '../crypto/environment.ts';
import { lightHandle } from '../crypto/key-handle.ts';
import { ParleyError } from '../errors.ts';
import type { Established } from '../handshake/established.ts';
import type { PeerIdentity } from '../handshake/identity.ts';
import type { Role } from '../handshake/key-schedule.ts';
import { limits } from '../limits.ts';
import type { Extensions } from '../wire/extensions.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Parsed } from '../wire/parse.ts';
import type { ResponsePayload } from '../wire/payload.ts';
import { Epoch, type EpochInput } from './epoch/epoch.ts';
import { nameOfUpdate } from './key-update/answered-updates.ts';
import { makeKeyUpdate, nextEpochOf } from './key-update/initiator.ts';
import type { KeyUpdateContext, NextEpoch } from './key-update/next-epoch.ts';
import { type ReceivedUpdate, respondToKeyUpdate } from './key-update/responder.ts';
import { KeyUpdateState, type UpdateStep } from './key-update/state.ts';

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
  readonly #updates = new KeyUpdateState();

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
   * Returns the keys, while the session lives at `now` (Unix seconds). Throws `session_closed` or `session_expired`;
   * noticing the expiry erases the keys.
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

  /** Returns the number of the newest epoch, also after the end. */
  get epochNumber(): number {
    return this.#epochNumber;
  }

  /**
   * Returns the keys of an epoch that is accepted at `now` (Unix seconds): the newest, or the one before it for 30 s.
   */
  epochOf(number: number, now: number): Epoch | undefined {
    this.eraseOldEpoch(now);
    if (this.#live?.epoch.number === number) return this.#live.epoch;
    return this.#previous?.epoch.number === number ? this.#previous.epoch : undefined;
  }

  /** Begins the next epoch at `now` (Unix seconds): everything is sent in it from now on. */
  advance(keys: EpochInput['keys'], salt: TranscriptHash, now: number): void {
    const live = this.live(now);
    this.#previous?.epoch.erase();
    this.#previous = { epoch: live.epoch, until: now + limits.oldKeys };
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
    this.#updates.erase();
  }

  /** True from when this side has started a key update until it is settled: it comes before the next request. */
  get hasUnansweredUpdate(): boolean {
    return this.#updates.isUnanswered;
  }

  /**
   * Starts a key update, or repeats the one that was not answered (protocol page, section 4): returns the KEY_UPDATE to send, or what to
   * wait for while the peer's own update begins the next epoch. Throws `session_closed` or `session_expired`.
   */
  startKeyUpdate(context: KeyUpdateContext, newRequestId: () => string): UpdateStep {
    const until = this.#updates.peersAtWork;
    if (until !== undefined) return { kind: 'wait', until };
    const { epoch } = this.live(unixSeconds(context.environment));
    const { made } = this.#updates.wanted(epoch, () => makeKeyUpdate(context, newRequestId()));
    return { kind: 'send', epoch, message: made.then(({ message }) => message) };
  }

  /**
   * Takes the RESPONSE to this side's KEY_UPDATE that ends `epoch`: the next epoch has begun when it resolves, unless the peer's update
   * stands. Rejects with `key_exchange_failed` or `malformed_message`, and with `session_closed` or `session_expired`.
   */
  async finishKeyUpdate(context: KeyUpdateContext, epoch: Epoch, response: Parsed<ResponsePayload>): Promise<void> {
    const own = this.#updates.unanswered(epoch);
    if (own === undefined) {
      this.live(unixSeconds(context.environment));
      return;
    }
    const next = await nextEpochOf(context, this.role, { epoch, made: await own.made }, response);
    if (next !== undefined) this.#begin(context, next);
    this.#updates.settled();
  }

  /** Takes note that a try to end `epoch` has failed. Returns `settled` when the peer's update has ended it meanwhile, else `repeat`. */
  failKeyUpdate(epoch: Epoch): 'settled' | 'repeat' {
    if (this.#epochNumber === epoch.number) return 'repeat';
    this.#updates.settled();
    return 'settled';
  }

  /**
   * Returns the RESPONSE to a peer's KEY_UPDATE (protocol page, section 4); the next epoch has begun when it is there. A repeated one
   * gets the same answer and begins nothing. Rejects with `unknown_epoch` for a new one that is not in the newest epoch, and with
   * `key_exchange_failed`.
   */
  async answerKeyUpdate(context: KeyUpdateContext, received: ReceivedUpdate): Promise<JsonObject> {
    const { request_id } = received.value;
    const name = await nameOfUpdate(context.environment.subtle, request_id);
    for (;;) {
      const step = this.#updates.received(received, name, this.#epochNumber, this.role);
      if (step.kind === 'answer') return step.response;
      if (step.kind === 'respond') {
        return this.#updates.responding(request_id, name, this.#respond(context, received));
      }
      await step.until;
    }
  }

  async #respond(context: KeyUpdateContext, received: ReceivedUpdate): Promise<JsonObject> {
    const { response, next } = await respondToKeyUpdate(context, this.role, received);
    this.#begin(context, next);
    return response;
  }

  /** Begins the next epoch, unless the other side's update began it while this one's was computed. */
  #begin({ environment, observe }: KeyUpdateContext, { follows, keys, salt, keyFingerprint, by }: NextEpoch): void {
    if (this.#epochNumber !== follows) return;
    this.advance(keys, salt, unixSeconds(environment));
    observe({ kind: 'epoch', at: environment.monotonic(), number: this.#epochNumber, by, keyFingerprint });
  }
}
