import { ParleyError } from '../../protocol/errors.ts';
import { Emitter } from '../contracts/emitter.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { ExchangeView, WaitingView } from '../contracts/views.ts';

/** The longest time that one timer can wait, in milliseconds. */
const longestTimeout = 2 ** 31 - 1;

/** What may end a request early. */
export interface Impatience {
  /** Ends it before it is sent, while it waits and while it is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for all of it: its turn, a session, the answer. */
  readonly timeout?: number | undefined;
}

/** Throws `invalid_input` for a timeout that no timer can wait. */
export function requireTimeout(timeout: unknown): void {
  if (timeout === undefined || (typeof timeout === 'number' && timeout > 0 && timeout <= longestTimeout)) return;
  throw new ParleyError(
    'invalid_input',
    `A timeout is a number of milliseconds from 1 to ${longestTimeout}. Nothing was sent.`,
  );
}

/** What a request is watched with. */
export interface SendingDeps {
  readonly scheduler: Scheduler;
  /** Shows the exchange as it is now. */
  put(exchange: ExchangeView): void;
}

/** A request of this agent that is under way: what it waits for, and what ends it before it is answered. */
export class Sending {
  readonly peerId: string;
  readonly requestId: string;
  /** Hears whether the directory says that the peer is online. */
  readonly presence = new Emitter<boolean>();
  readonly #deps: SendingDeps;
  readonly #ended = new AbortController();
  readonly #aborted = Promise.withResolvers<never>();
  readonly #given: AbortSignal | undefined;
  readonly #timeout: { cancel(): void } | undefined;
  #isPosted = false;
  #refusal: ParleyError | undefined;
  #view: ExchangeView | undefined;
  #waiting: WaitingView | undefined;
  #wake: () => void = doNothing;

  constructor(
    { peerId, requestId }: Pick<ExchangeView, 'peerId' | 'requestId'>,
    { signal, timeout }: Impatience,
    deps: SendingDeps,
  ) {
    this.peerId = peerId;
    this.requestId = requestId;
    this.#deps = deps;
    // Whoever waits is told; when nobody does, nobody has to be.
    this.#aborted.promise.catch(doNothing);
    this.#given = signal;
    if (signal?.aborted === true) this.#heard();
    else signal?.addEventListener('abort', this.#heard);
    if (timeout !== undefined) {
      this.#timeout = deps.scheduler.after(timeout, () => {
        this.#end('timed_out', `No answer came within ${timeout / 1_000} s.`);
      });
    }
  }

  /** Aborts when the request ends early; its reason is what whoever sent it is told. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Returns why it ended early, as it is stored and shown. */
  get refusal(): ParleyError | undefined {
    return this.#refusal;
  }

  /** Ends it because the person at the screen cancelled it. */
  cancel(): void {
    this.#end('cancelled', 'You cancelled this request.');
  }

  /** Ends it because its agent stops, by `reason` where there is one: it stays unanswered, and the agent's next run sends it again. */
  stop(reason: ParleyError = stopped()): void {
    this.#refuse(reason);
  }

  /** Ends it because what it stands on has failed. */
  fail(error: ParleyError): void {
    this.#refuse(error);
  }

  /** Rejects with the reason of its early end, else settles as `work`; what `work` does after that end reaches nobody. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#aborted.promise]);
  }

  /** Resolves after `ms` milliseconds, or when it is hurried. Rejects with the reason of its early end. */
  async pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.scheduler.after(ms, resolve);
    this.#wake = resolve;
    try {
      await this.race(promise);
    } finally {
      this.#wake = doNothing;
      timer.cancel();
    }
  }

  /** Ends its pause, if it makes one. */
  hurry(): void {
    this.#wake();
  }

  /** Says that an envelope goes out: the peer may have the request from here on, whatever comes back. */
  posted(): void {
    this.#isPosted = true;
  }

  /** True once the peer may have it. */
  get isPosted(): boolean {
    return this.#isPosted;
  }

  /** Shows the exchange from now on, and what it waits for. */
  show(view: ExchangeView, waiting: WaitingView): void {
    this.#view = view;
    this.waitsFor(waiting);
  }

  /** Shows what it waits for now. */
  waitsFor(waiting: WaitingView): void {
    this.#waiting = waiting;
    this.#put();
  }

  /** True while it waits for the peer or its answer: whether the peer is online makes a difference. */
  get asksForPeer(): boolean {
    return this.#waiting?.for === 'peer' || this.#waiting?.for === 'answer';
  }

  /** True while it waits for a peer that cannot be reached. */
  get isPeerGone(): boolean {
    return this.#waiting?.for === 'peer';
  }

  /** Returns the session that it went out over last. */
  get sessionId(): string | undefined {
    return this.#view?.sessionId;
  }

  /** Shows how far the bytes that go with it have come. */
  brings(body: NonNullable<ExchangeView['body']>): void {
    if (this.#view === undefined) return;
    this.#view = { ...this.#view, body };
    this.#put();
  }

  /** Shows the session that it goes out over. */
  using(sessionId: string): void {
    if (this.#view === undefined || this.#view.sessionId === sessionId) return;
    this.#view = { ...this.#view, sessionId };
    this.#put();
  }

  #put(): void {
    if (this.#view === undefined || this.signal.aborted) return;
    const waiting = this.#waiting === undefined ? {} : { waiting: this.#waiting };
    this.#deps.put({ ...this.#view, ...waiting });
  }

  /** Lets go of the timer and of the caller's signal: nothing ends it any more, and nothing of it is shown. */
  over(): void {
    this.#view = undefined;
    this.#timeout?.cancel();
    this.#given?.removeEventListener('abort', this.#heard);
  }

  readonly #heard = () => {
    this.#end('cancelled', 'The application cancelled this request.', this.#given?.reason);
  };

  #end(code: 'cancelled' | 'timed_out', why: string, reason?: unknown): void {
    const reached = this.#isPosted
      ? `${this.peerId} may have received it and may run it; its answer is ignored.`
      : 'It was not sent.';
    this.#refuse(new ParleyError(code, `${why} ${reached}`), reason);
  }

  #refuse(refusal: ParleyError, reason: unknown = refusal): void {
    if (this.signal.aborted) return;
    this.#refusal = refusal;
    this.#ended.abort(reason);
    this.#aborted.reject(reason);
  }
}

function stopped(): ParleyError {
  return new ParleyError(
    'not_registered',
    'This agent was stopped. A request without an answer is sent again when it starts.',
  );
}

function doNothing(): void {}
