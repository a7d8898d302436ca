import type { Emitter } from '../agent/contracts/emitter.ts';
import type { AgentEvent, GroupExchangeView, Json } from '../agent/contracts/views.ts';
import { failureOf, WatchedExchange } from './watched-exchange.ts';

/** One member's answer to `group.ask`. `at` is in milliseconds since 1970. */
export type GroupAnswer<Result = Json> =
  | { readonly from: string; readonly at: number; readonly status: 'success'; readonly result: Result }
  | {
      readonly from: string;
      readonly at: number;
      readonly status: 'error';
      readonly error: { readonly code: string; readonly detail: string };
    };

/** A request to the members of a group, and their answers in the order in which they come. Every loop over it gets all of them. */
export interface GroupAnswers<Result = Json> extends AsyncIterable<GroupAnswer<Result>> {
  /** The request as it was stored: its `group.messageId`, and who is asked as `group.awaiting`. Rejects with why it was not sent. */
  readonly asked: Promise<GroupExchangeView>;
}

/** Sends the request, gives it to `sent`, and is under way until `over` resolves. */
type Run = (over: Promise<void>, sent: (exchange: GroupExchangeView) => void) => Promise<void>;

/** Gathers the answers to one request. */
export class AskedAnswers implements GroupAnswers {
  readonly asked: Promise<GroupExchangeView>;
  readonly #end = Promise.withResolvers<void>();
  #exchange: GroupExchangeView | undefined;
  #over: { readonly why?: unknown } | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(events: Emitter<AgentEvent>, signal: AbortSignal | undefined, run: Run) {
    const asked = Promise.withResolvers<GroupExchangeView>();
    this.asked = asked.promise;
    // Whoever loops is told as well; when nobody does, nobody has to be.
    this.asked.catch(doNothing);
    const watched = new WatchedExchange(events, (exchange) => this.#told(exchange));
    const abort = () => this.#finish({ why: signal?.reason });
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort);
    const sent = (exchange: GroupExchangeView) => {
      asked.resolve(exchange);
      watched.begin(exchange);
    };
    const running = signal?.aborted === true ? Promise.reject(signal.reason) : run(this.#end.promise, sent);
    running
      .catch((why: unknown) => {
        asked.reject(why);
        this.#finish({ why });
      })
      .finally(() => {
        watched.end();
        signal?.removeEventListener('abort', abort);
      });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<GroupAnswer, void, undefined> {
    for (let told = 0; ; ) {
      const answer = this.#exchange?.group.answers[told];
      if (answer !== undefined) {
        const { from, at, status, result, error } = answer;
        told += 1;
        if (status === 'success') yield { from, at, status, result: result ?? null };
        else yield { from, at, status, error: error ?? unsaid };
      } else if (this.#over === undefined) await this.#changed.promise;
      else if ('why' in this.#over) throw this.#over.why;
      else return;
    }
  }

  #told(exchange: GroupExchangeView): void {
    this.#exchange = exchange;
    const { status, error, group } = exchange;
    // Nobody answered in time, or whoever was asked has left: no answer comes any more. Anything else kept it from being asked.
    if (status === 'failed' && error?.code !== 'timed_out') this.#finish({ why: failureOf(exchange) });
    else if (status !== 'pending' || group.awaiting.length === 0) this.#finish({});
    else this.#wake();
  }

  #finish(over: { readonly why?: unknown }): void {
    this.#over ??= over;
    this.#end.resolve();
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const unsaid = { code: 'handler_failed', detail: 'The member answered with an error.' } as const;

function doNothing(): void {}
