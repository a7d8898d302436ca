import { type ExchangeView, exchangeKey } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { jsonWeight } from '../state/json-weight.ts';
import { isUnderWay } from '../streams/shown-stream.ts';

/** Bytes of an exchange that is shown at each step of its streams; of a larger one their beginning and end alone are. */
const mostShown = 64 * 1024;

/** What exchanges are shown and kept with. */
export interface KeptExchangeDeps {
  readonly history: Pick<History, 'find' | 'settle'>;
  readonly activity: Pick<ActivityLog, 'exchange' | 'putExchange'>;
}

/** An exchange that was answered while its streams go on: each step of them is shown, and each end is kept. */
export class KeptExchange {
  readonly #deps: KeptExchangeDeps;
  readonly #isLight: boolean;
  #view: ExchangeView;
  #last: Promise<void> = Promise.resolve();
  #wasShown = false;
  #isRemoved = false;

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
    if (this.#isShown && (isOver || this.#isLight || !wasOpen)) this.#deps.activity.putExchange(this.#view);
    if (isOver) this.#last = this.#last.then(() => this.#settle());
  }

  /** False once whoever looks has it no longer: it was deleted, or had to make room. */
  get #isShown(): boolean {
    const isThere = this.#deps.activity.exchange(exchangeKey(this.#view)) !== undefined;
    this.#isRemoved ||= this.#wasShown && !isThere;
    this.#wasShown ||= isThere;
    return !this.#isRemoved;
  }

  async #settle(): Promise<void> {
    const { sequence, direction, peerId, requestId } = this.#view;
    // One without a number was deleted meanwhile: it is shown as long as it was, and is not kept anew.
    if (sequence === undefined) return;
    const { activity, history } = this.#deps;
    if (!this.#isShown && (await history.find(direction, peerId, requestId)) === undefined) return;
    this.#view = await history.settle(this.#view);
    if (this.#isShown) activity.putExchange(this.#view);
  }
}
