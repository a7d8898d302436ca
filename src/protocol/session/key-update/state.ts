import { ParleyError } from '../../errors.ts';
import type { Role } from '../../handshake/key-schedule.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Epoch } from '../epoch/epoch.ts';
import { AnsweredUpdates } from './answered-updates.ts';
import type { KeyUpdateMessage, MadeUpdate } from './initiator.ts';
import { conflictWith, type ReceivedUpdate } from './responder.ts';

/** This side's KEY_UPDATE, and the epoch that it ends. */
export interface OwnUpdate {
  readonly epoch: Epoch;
  readonly made: Promise<MadeUpdate>;
}

/** What a side that wants the next epoch does: wait for the peer's update, or send its own in the epoch that it ends. */
export type UpdateStep =
  | { readonly kind: 'wait'; readonly until: Promise<unknown> }
  | { readonly kind: 'send'; readonly epoch: Epoch; readonly message: Promise<KeyUpdateMessage> };

/** What is done about a KEY_UPDATE of the peer's: say what is known, wait for another of its updates, or respond to it. */
type PeersStep =
  | { readonly kind: 'answer'; readonly response: JsonObject | Promise<JsonObject> }
  | { readonly kind: 'wait'; readonly until: Promise<unknown> }
  | { readonly kind: 'respond' };

/** The peer's last update that began an epoch here, or is about to. */
interface PeersUpdate {
  readonly requestId: string;
  readonly response: Promise<JsonObject>;
  isAtWork: boolean;
}

/**
 * Where the key updates of one session stand, this side's and the peer's (protocol page, section 4). Each method is one event and returns
 * what follows from it; none waits, so that no other event comes between a look and the change that it leads to.
 */
export class KeyUpdateState {
  #own: OwnUpdate | undefined;
  #peers: PeersUpdate | undefined;
  #answered: AnsweredUpdates | undefined;

  /** True from when this side has wanted the next epoch until that is settled. */
  get isUnanswered(): boolean {
    return this.#own !== undefined;
  }

  /** Settles as the peer's update does that is at work; undefined when none is. */
  get peersAtWork(): Promise<unknown> | undefined {
    return this.#peers?.isAtWork === true ? this.#peers.response : undefined;
  }

  /**
   * Starts an update of this side to the epoch after `epoch`, and returns its KEY_UPDATE, the same until it is
   * settled. From now on, a peer's meets a conflict. One that could not be made was never wanted: the next try makes another.
   */
  wanted(epoch: Epoch, make: () => Promise<MadeUpdate>): OwnUpdate {
    if (this.#own?.epoch === epoch) return this.#own;
    const own = { epoch, made: make() };
    this.#own = own;
    own.made.catch(() => {
      if (this.#own === own) this.#own = undefined;
    });
    return own;
  }

  /** Returns this side's update that ends `epoch`, while it is not settled. */
  unanswered(epoch: Epoch): OwnUpdate | undefined {
    return this.#own?.epoch === epoch ? this.#own : undefined;
  }

  /** Notes that this side's update is settled: the next epoch has begun, or will by the peer's. */
  settled(): void {
    this.#own = undefined;
  }

  /**
   * Takes the peer's KEY_UPDATE, named `name`, while `newest` is the number of the newest epoch. Throws
   * `unknown_epoch` for a new one that is not in the newest epoch, or when there were too many.
   */
  received({ value: { request_id }, epoch }: ReceivedUpdate, name: number, newest: number, role: Role): PeersStep {
    if (this.#peers?.requestId === request_id) return { kind: 'answer', response: this.#peers.response };
    const earlier = this.#answered?.answerTo(request_id, name);
    if (earlier !== undefined) return { kind: 'answer', response: earlier };
    // Another one of the peer's may be at work in this very epoch: only one of them ends it.
    if (this.#peers?.isAtWork === true) return { kind: 'wait', until: this.#peers.response.catch(() => undefined) };
    if (epoch.number !== newest) {
      throw new ParleyError('unknown_epoch', 'A key update belongs in the newest epoch.');
    }
    this.#answered ??= new AnsweredUpdates();
    if (this.#own?.epoch === epoch && role === 'client') {
      const conflict = conflictWith(request_id);
      this.#answered.remember(request_id, name, conflict);
      return { kind: 'answer', response: conflict };
    }
    this.#answered.requireRoom();
    return { kind: 'respond' };
  }

  /** Waits for `response` to the peer's update, which is then remembered; an update that fails may come again. */
  async responding(requestId: string, name: number, response: Promise<JsonObject>): Promise<JsonObject> {
    const peers = { requestId, response, isAtWork: true };
    this.#peers = peers;
    try {
      const answer = await response;
      this.#answered?.remember(requestId, name, answer);
      return answer;
    } catch (error) {
      if (this.#peers === peers) this.#peers = undefined;
      throw error;
    } finally {
      peers.isAtWork = false;
    }
  }

  /** Erases the private halves of an unanswered update's shares, with the keys of the session that has ended. */
  erase(): void {
    this.#own = undefined;
    this.#peers = undefined;
    this.#answered = undefined;
  }
}
