import type { Emitter } from '../agent/contracts/emitter.ts';
import { ofGroup } from '../agent/contracts/group-exchange.ts';
import { type AgentEvent, type ExchangeView, exchangeKey, type GroupExchangeView } from '../agent/contracts/views.ts';
import { isErrorCode, ParleyError } from '../protocol/errors.ts';

/** Follows one exchange of this agent from before it is known which one it is: what is told of it meanwhile is not missed. */
export class WatchedExchange {
  readonly #told: (exchange: GroupExchangeView) => void;
  readonly #early = new Map<string, GroupExchangeView>();
  readonly #unfollow: () => void;
  #key: string | undefined;

  constructor(events: Emitter<AgentEvent>, told: (exchange: GroupExchangeView) => void) {
    this.#told = told;
    this.#unfollow = events.follow((event) => {
      const exchange = event.type === 'exchange' ? ofGroup(event.exchange) : undefined;
      if (exchange?.direction === 'outgoing') this.#heard(exchange);
    });
  }

  /** Says which exchange it is; tells of it as it is now, and at every change. */
  begin(exchange: GroupExchangeView): void {
    this.#key = exchangeKey(exchange);
    this.#told(this.#early.get(this.#key) ?? exchange);
    this.#early.clear();
  }

  end(): void {
    this.#unfollow();
  }

  #heard(exchange: GroupExchangeView): void {
    const key = exchangeKey(exchange);
    if (this.#key === undefined) this.#early.set(key, exchange);
    else if (this.#key === key) this.#told(exchange);
  }
}

/** Returns why an exchange has failed, as an error under the code that it was stored with. */
export function failureOf({ error }: ExchangeView): ParleyError {
  const { code, detail } = error ?? { code: 'internal_error', detail: 'The request failed.' };
  return new ParleyError(isErrorCode(code) ? code : 'internal_error', detail);
}
