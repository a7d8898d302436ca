import type { Scheduler } from '../contracts/ports.ts';

/** Milliseconds before each new try; the last one again and again. */
const waitsMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** The pauses between tries to reach a peer: they end early when the peer is there. */
export class PeerPauses {
  readonly #scheduler: Scheduler;
  readonly #waiting = new Set<{ readonly peerId: string; readonly end: () => void }>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Resolves after the pause that follows so many tries, when the peer is there, or when `signal` aborts. */
  async pause(peerId: string, tries: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => resolve();
    const ms = waitsMs[Math.min(tries, waitsMs.length - 1)] ?? 0;
    const timer = this.#scheduler.after(ms, end);
    const one = { peerId, end };
    this.#waiting.add(one);
    signal.addEventListener('abort', end, { once: true });
    await promise;
    timer.cancel();
    signal.removeEventListener('abort', end);
    this.#waiting.delete(one);
  }

  /** Ends the pauses of a peer that has come, or of all: the directory has changed. */
  wake(peerId?: string): void {
    for (const one of [...this.#waiting]) if (peerId === undefined || one.peerId === peerId) one.end();
  }
}
