import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { ResponseToSend } from '../../protocol/session/exchange/exchange.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { StreamOwner } from '../streams/agent-streams.ts';

/** Milliseconds for which a request goes on after it was answered PENDING, while nobody asks for its answer. */
const abandonedMs = 300_000;
/** Repeated requests of one peer that wait for an answer at once; those beyond it are told PENDING at once. */
const mostWaiting = 64;

/** Requests that take long (protocol page, section 4.3): who asks is told PENDING, asks again, and is waited for. */
export class PendingAnswers {
  readonly #scheduler: Scheduler;
  /** Ends a request that nobody asks for any more. */
  readonly #abandon: (owner: StreamOwner, error: ParleyError) => void;
  readonly #abandoned = new Map<string, { cancel(): void }>();
  readonly #waiting = new Map<string, number>();

  constructor(scheduler: Scheduler, abandon: (owner: StreamOwner, error: ParleyError) => void) {
    this.#scheduler = scheduler;
    this.#abandon = abandon;
  }

  /** Returns the answer to a request, or PENDING when it takes longer than 20 s, or at once where `atOnce` says so. */
  async within(owner: StreamOwner, answer: Promise<ResponseToSend>, atOnce: boolean): Promise<ResponseToSend> {
    const { peerKey, requestId } = owner;
    const name = `${peerKey} ${requestId}`;
    this.#abandoned.get(name)?.cancel();
    this.#abandoned.delete(name);
    const waiting = this.#waiting.get(peerKey) ?? 0;
    this.#waiting.set(peerKey, waiting + 1);
    const ms = atOnce || waiting >= mostWaiting ? 0 : 1_000 * limits.pendingAfter;
    const late = Promise.withResolvers<undefined>();
    const timer = this.#scheduler.after(ms, () => late.resolve(undefined));
    try {
      const given = await Promise.race([answer, late.promise]);
      if (given !== undefined) return given;
    } finally {
      timer.cancel();
      this.#left(peerKey);
    }
    this.#watch(name, owner, answer);
    return { json: { message_type: 'RESPONSE', request_id: requestId, status: 'PENDING' } };
  }

  #left(peerKey: string): void {
    const left = (this.#waiting.get(peerKey) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(peerKey);
    else this.#waiting.set(peerKey, left);
  }

  #watch(name: string, owner: StreamOwner, answer: Promise<ResponseToSend>): void {
    // Two that asked at once are both told; the younger time counts.
    this.#abandoned.get(name)?.cancel();
    const timer = this.#scheduler.after(abandonedMs, () => {
      this.#abandoned.delete(name);
      this.#abandon(owner, new ParleyError('answer_timeout', 'Nobody asked for the answer any more.'));
    });
    this.#abandoned.set(name, timer);
    const over = () => {
      timer.cancel();
      if (this.#abandoned.get(name) === timer) this.#abandoned.delete(name);
    };
    answer.then(over, over);
  }
}
