import { asParleyError, type ParleyError } from '../../../protocol/errors.ts';
import type { DeliveryNotice, NoticeFeed } from '../../contracts/notices.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import { Backoff } from './backoff.ts';
import type { NoticeStream } from './notice-stream.ts';

/** Milliseconds without a sign of life after which a stream counts as dead: two and a half of the service's heartbeats. */
const silentMs = 37_500;
/** Milliseconds between two looks for what no notice has told: while notices come, and while they do not. */
const lookMs = { told: 300_000, untold: 15_000 } as const;

/** What is done when something is new at the service. */
export interface NoticeWatchDeps {
  /** Notices on a connection that the agent has anyway. */
  readonly feed: NoticeFeed | undefined;
  /** Undefined where the network has no streams. */
  readonly stream: Pick<NoticeStream, 'listen'> | undefined;
  readonly scheduler: Scheduler;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
  noticed(notice: DeliveryNotice): void;
  /** Hears that notices may have been missed: everything is to be looked at. */
  missed(): void;
}

/** Follows the notices of the delivery service while the agent is open, on its line or by the stream, through every break. */
export class NoticeWatch {
  readonly #deps: NoticeWatchDeps;
  readonly #backoff: Backoff;
  #unfollow: (() => void) | undefined;
  #stream: AbortController | undefined;
  #retry: { cancel(): void } | undefined;
  #look: { cancel(): void } | undefined;
  #isTold = false;

  constructor(deps: NoticeWatchDeps) {
    this.#deps = deps;
    this.#backoff = new Backoff(deps.chance);
  }

  start(): void {
    const { feed, noticed } = this.#deps;
    if (feed === undefined) this.#follow();
    this.#unfollow = feed?.follow({
      noticed,
      began: (hasNotices) => {
        if (hasNotices) this.#leave();
        else this.#follow();
        this.#isTold = hasNotices;
        this.#missed();
      },
    });
    this.#lookLater();
  }

  stop(): void {
    this.#unfollow?.();
    this.#leave();
    this.#look?.cancel();
  }

  #lookLater(): void {
    this.#look?.cancel();
    const ms = this.#isTold ? lookMs.told : lookMs.untold;
    this.#look = this.#deps.scheduler.after(ms * (1 + 0.2 * this.#deps.chance()), () => this.#missed());
  }

  #missed(): void {
    this.#lookLater();
    this.#deps.missed();
  }

  #leave(): void {
    this.#stream?.abort();
    this.#stream = undefined;
    this.#retry?.cancel();
  }

  #follow(): void {
    if (this.#deps.stream === undefined || this.#stream !== undefined) return;
    const ended = new AbortController();
    this.#stream = ended;
    void this.#listen(this.#deps.stream, ended.signal);
  }

  async #listen(stream: Pick<NoticeStream, 'listen'>, ended: AbortSignal): Promise<void> {
    const { scheduler, noticed } = this.#deps;
    const silent = new AbortController();
    let alarm = scheduler.after(silentMs, () => silent.abort());
    const alive = () => {
      alarm.cancel();
      alarm = scheduler.after(silentMs, () => silent.abort());
      if (this.#isTold || ended.aborted) return;
      // What was told before it began was not heard.
      this.#isTold = true;
      this.#backoff.succeeded();
      this.#missed();
    };
    let broken: Pick<ParleyError, 'retryAfter'> = { retryAfter: undefined };
    try {
      await stream.listen({ noticed, alive }, AbortSignal.any([ended, silent.signal]));
    } catch (cause) {
      // Whatever broke it, it is asked for again.
      broken = asParleyError(cause);
    } finally {
      alarm.cancel();
    }
    if (ended.aborted) return;
    if (this.#isTold) {
      this.#isTold = false;
      this.#lookLater();
    }
    this.#retry = scheduler.after(this.#backoff.after(broken), () => void this.#listen(stream, ended));
  }
}
