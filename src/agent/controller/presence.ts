import { asParleyError } from '../../protocol/errors.ts';
import type { ControllerClient } from './client.ts';

/** Milliseconds for which an answer of the directory is used again. */
const freshMs = 1_000;

/** Which peers the directory says are offline. It is a hint: only a peer of this installation has a line that it can know of. */
export class Presence {
  readonly #controller: Pick<ControllerClient, 'agent'>;
  readonly #forwards: (address: string) => boolean;
  readonly #now: () => number;
  readonly #looks = new Map<string, { readonly at: number; readonly isOffline: Promise<boolean> }>();

  /** `forwards` is true for an address of a relay of this installation; `now` gives milliseconds on any clock. */
  constructor(controller: Pick<ControllerClient, 'agent'>, forwards: (address: string) => boolean, now: () => number) {
    this.#controller = controller;
    this.#forwards = forwards;
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

  async #ask(peerId: string): Promise<boolean> {
    try {
      const { online, address } = await this.#controller.agent(peerId);
      return !online && this.#forwards(address);
    } catch (cause) {
      // Whatever keeps the directory from answering, the tries themselves find out.
      asParleyError(cause);
      return false;
    }
  }
}
