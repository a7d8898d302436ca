import type { Scheduler } from '../agent/contracts/ports.ts';
import type { StorageView } from '../agent/contracts/views.ts';

/** Milliseconds between looks at how much is used. */
const lookEveryMs = 60_000;

/** What a browser tells of its storage. */
export type StorageEstimates = Pick<StorageManager, 'estimate' | 'persisted'>;

/** Joins what the browser tells of its storage to what the agent tells of keeping things in it. */
export class StorageWatch {
  readonly #estimates: StorageEstimates | undefined;
  readonly #scheduler: Scheduler;
  readonly #tell: (storage: StorageView) => void;
  #space: Omit<StorageView, 'failure'> = {};
  #failure: Pick<StorageView, 'failure'> = {};
  #next: { cancel(): void } | undefined;

  /** `estimates` is absent where the browser has none to give. */
  constructor(estimates: StorageEstimates | undefined, scheduler: Scheduler, tell: (storage: StorageView) => void) {
    this.#estimates = estimates;
    this.#scheduler = scheduler;
    this.#tell = tell;
  }

  get view(): StorageView {
    return { ...this.#space, ...this.#failure };
  }

  /** Looks now, and then from time to time until `stop`. */
  async start(): Promise<void> {
    this.#next?.cancel();
    this.#next = this.#scheduler.after(lookEveryMs, () => void this.start());
    await this.#look();
  }

  /** Looks no more. What has failed was the agent's that goes: the next one finds out itself. */
  stop(): void {
    this.#next?.cancel();
    if (this.#failure.failure === undefined) return;
    this.#failure = {};
    this.#tell(this.view);
  }

  /** Takes in what the agent tells, and looks again: what has failed may have failed for want of room. */
  async heard({ failure }: StorageView): Promise<void> {
    this.#failure = failure === undefined ? {} : { failure };
    this.#tell(this.view);
    await this.#look();
  }

  async #look(): Promise<void> {
    const before = JSON.stringify(this.#space);
    try {
      const { usage, quota } = (await this.#estimates?.estimate()) ?? {};
      const isPersistent = await this.#estimates?.persisted();
      this.#space = {
        ...(usage === undefined ? {} : { used: usage }),
        ...(quota === undefined ? {} : { quota }),
        ...(isPersistent === undefined ? {} : { isPersistent }),
      };
    } catch {
      // A browser that does not say is not one that is full.
      this.#space = {};
    }
    if (JSON.stringify(this.#space) !== before) this.#tell(this.view);
  }
}
