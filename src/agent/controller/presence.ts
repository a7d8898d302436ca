import { asParleyError } from '../../protocol/errors.ts';
import type { ControllerClient } from './client.ts';

/** Milliseconds for which an answer of the directory is used again. */
const freshMs = 1_000;

/** Which peers the directory says are offline. It is a hint: of a peer outside this installation it knows nothing. */
export class Presence {
  readonly #controller: Pick<ControllerClient, 'agent'>;
  readonly #knows: (address: string) => boolean;
  readonly #now: () => number;
  readonly #looks = new Map<string, { readonly at: number; readonly isOffline: Promise<boolean> }>();

  /** `knows` is true for an address of which the directory sees whether an agent answers there; `now` gives milliseconds on any clock. */
  constructor(controller: Pick<ControllerClient, 'agent'>, knows: (address: string) => boolean, now: () => number) {
    this.#controller = controller;
    this.#knows = knows;
    this.#now = now;
  }

  /** Returns true when the directory says that a peer is not connected; false when it is, and when nobody can tell. */
  isOffline(peerId: string): Promise<boolean> {
    const at = this.#now();
    const latest = this.#looks.get(peerId);
    if (latest !== undefined && at - latest.at < freshMs) return latest.isOffline;
    for (const [id, look] of this.#looks) if (at - look.at >= freshMs) this.#looks.delete(id);
    const isOffline = this.#ask(peerId);
    this.#looks.set(peerId, { at, isOffline });
    return isOffline;
  }

  /**
   * Works as `isOffline`, but a peer that was online a moment ago is looked for again: what is posted to one that has just closed may
   * neither be answered nor left for it.
   */
  async isAway(peerId: string): Promise<boolean> {
    const isKnown = this.#looks.has(peerId);
    const isOffline = await this.isOffline(peerId);
    if (isOffline || !isKnown) return isOffline;
    this.#looks.delete(peerId);
    return this.isOffline(peerId);
  }

  async #ask(peerId: string): Promise<boolean> {
    try {
      const { online, address } = await this.#controller.agent(peerId);
      return !online && this.#knows(address);
    } catch (cause) {
      // Whatever keeps the directory from answering, the tries themselves find out.
      asParleyError(cause);
      return false;
    }
  }
}
