import { ParleyError } from '../../protocol/errors.ts';
import type { HistoryStore } from '../contracts/history-store.ts';

/** Bytes of ciphertext that are kept of the conversation with a peer when nobody has limited it. */
export const usualPeerBudget = 268_435_456;

const bytesOfMebibyte = 1_048_576;

/** Keeps a peer from filling the disk with requests, where the person has set no limit for the conversation. */
export class PeerBudget {
  readonly #store: Pick<HistoryStore, 'usages'>;
  readonly #bytes: number;
  /** Bytes kept of each peer, or more: what was written again or deleted since is counted too. */
  readonly #counted = new Map<string, number>();
  /** What was found of a peer that takes the budget; it holds until something of it is deleted, or its limit changes. */
  readonly #found = new Map<string, 'over' | 'limited'>();

  constructor(store: Pick<HistoryStore, 'usages'>, bytes: number) {
    this.#store = store;
    this.#bytes = bytes;
  }

  /** Counts what is kept as the agent starts. */
  begin(usages: readonly { readonly peerId: string; readonly bytes: number }[]): void {
    for (const { peerId, bytes } of usages) this.#counted.set(peerId, bytes);
  }

  /** Counts a writing. */
  wrote(peerId: string, bytes: number): void {
    this.#counted.set(peerId, this.#countOf(peerId) + bytes);
  }

  /** Looks again when the peer's next request comes. */
  recheck(peerId: string): void {
    this.#found.delete(peerId);
  }

  /** True when a request of the peer has to wait for `requireRoom`. */
  mayBeOver(peerId: string): boolean {
    return this.#countOf(peerId) >= this.#bytes && this.#found.get(peerId) !== 'limited';
  }

  /** Rejects with `storage_full` when a peer whose conversation has no limit is over the budget. */
  async requireRoom(peerId: string): Promise<void> {
    if (!this.#found.has(peerId)) {
      const usage = (await this.#store.usages()).find((one) => one.peerId === peerId);
      this.#counted.set(peerId, usage?.bytes ?? 0);
      if (!this.mayBeOver(peerId)) return;
      this.#found.set(peerId, usage?.retention.keep === 'all' ? 'over' : 'limited');
    }
    if (this.#found.get(peerId) === 'limited') return;
    throw new ParleyError(
      'storage_full',
      `The conversation with ${peerId} has no limit and takes ${Math.ceil(this.#bytes / bytesOfMebibyte)} MiB, so its requests are refused and do not run. Set a limit for it, or delete some of it.`,
    );
  }

  #countOf(peerId: string): number {
    return this.#counted.get(peerId) ?? 0;
  }
}
