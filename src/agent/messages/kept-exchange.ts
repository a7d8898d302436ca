import type { Bytes } from '../../protocol/bytes.ts';
import { isUnderWay } from '../contracts/body-views.ts';
import { type ExchangeView, exchangeKey } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { jsonWeight } from '../state/json-weight.ts';

/** Bytes of an exchange that is shown at each step of its streams; of a larger one their beginning and end alone are. */
const mostShown = 64 * 1024;

/** What exchanges are shown and kept with. */
export interface KeptExchangeDeps {
  readonly history: Pick<History, 'settle' | 'settleWithBytes'>;
  readonly activity: Pick<ActivityLog, 'exchange' | 'putExchange'>;
}

/** An exchange with what becomes of it and of its streams, which may go on after its answer: each step is shown, and each end is kept. */
export class KeptExchange {
  readonly #deps: KeptExchangeDeps;
  readonly #isLight: boolean;
  #view: ExchangeView;
  #last: Promise<unknown> = Promise.resolve();
  #wasShown = false;
  #isRemoved = false;

  /** `view` is kept already, and shown. */
  constructor(view: ExchangeView, deps: KeptExchangeDeps) {
    this.#view = view;
    this.#deps = deps;
    this.#isLight = jsonWeight(view.parameters) + jsonWeight(view.result ?? null) <= mostShown;
  }

  /** Shows how far the bytes of one of its two sides have come; what has come to its end after the answer is kept. */
  streamed(which: 'body' | 'answer', stream: NonNullable<ExchangeView['answer']>): void {
    const wasOpen = this.#view[which]?.state === 'open';
    this.#view = { ...this.#view, [which]: stream };
    const isOver = !isUnderWay(stream);
    if (this.#isShown && (isOver || this.#isLight || !wasOpen)) this.#deps.activity.putExchange(this.#view);
    const isAnswered = this.#view.status !== 'pending' && this.#view.status !== 'held';
    if (isOver && isAnswered) this.#last = this.#last.then(() => this.#keep());
  }

  /** Keeps and shows what became of the request, with the bytes beside its answer where this agent may have to repeat them. */
  async settle(settled: ExchangeView, answerBytes?: Bytes): Promise<ExchangeView> {
    this.#view = settled;
    this.#last = this.#last.then(() => this.#keep(answerBytes));
    await this.#last;
    return this.#view;
  }

  /** False once whoever looks has it no longer: it was deleted, or had to make room. */
  get #isShown(): boolean {
    const isThere = this.#deps.activity.exchange(exchangeKey(this.#view)) !== undefined;
    this.#isRemoved ||= this.#wasShown && !isThere;
    this.#wasShown ||= isThere;
    return !this.#isRemoved;
  }

  async #keep(answerBytes?: Bytes): Promise<void> {
    const { history, activity } = this.#deps;
    const view = this.#view;
    // One without a number was deleted meanwhile, and is not kept anew.
    if (view.sequence !== undefined) {
      const kept = await (answerBytes === undefined
        ? history.settle(view)
        : history.settleWithBytes(view, answerBytes));
      const { sequence: _, ...rest } = this.#view;
      this.#view = kept.sequence === undefined ? rest : this.#view;
    }
    if (this.#isShown) activity.putExchange(this.#view);
  }
}
