import type { ExchangeView } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { jsonWeight } from '../state/json-weight.ts';
import { isUnderWay } from '../streams/shown-stream.ts';

/** Bytes of an exchange that is shown at each step of its streams; of a larger one their beginning and end alone are. */
const mostShown = 64 * 1024;

/** What exchanges are shown and kept with. */
export interface KeptExchangeDeps {
  readonly history: Pick<History, 'settle'>;
  readonly activity: Pick<ActivityLog, 'putExchange'>;
}

/** An exchange that was answered while its streams go on: each step of them is shown, and each end is kept. */
export class KeptExchange {
  readonly #deps: KeptExchangeDeps;
  readonly #isLight: boolean;
  #view: ExchangeView;
  #last: Promise<void> = Promise.resolve();

  constructor(view: ExchangeView, deps: KeptExchangeDeps) {
    this.#view = view;
    this.#deps = deps;
    this.#isLight = jsonWeight(view.parameters) + jsonWeight(view.result ?? null) <= mostShown;
  }

  /** Shows how far the answer has come; an answer that has come to its end is kept. */
  put(answer: NonNullable<ExchangeView['answer']>): void {
    const wasOpen = this.#view.answer?.state === 'open';
    this.#view = { ...this.#view, answer };
    const isOver = !isUnderWay(answer);
    if (isOver || this.#isLight || !wasOpen) this.#deps.activity.putExchange(this.#view);
    if (isOver) this.#last = this.#last.then(() => this.#settle());
  }

  async #settle(): Promise<void> {
    // One without a number was deleted meanwhile: it is shown as long as it was, and is not kept anew.
    if (this.#view.sequence === undefined) return;
    this.#view = await this.#deps.history.settle(this.#view);
    this.#deps.activity.putExchange(this.#view);
  }
}
