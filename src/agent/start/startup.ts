import { ParleyError } from '../../protocol/errors.ts';
import { failureView, notReady } from '../contracts/failures.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { AgentEvent, AgentPhase } from '../contracts/views.ts';

/** Milliseconds for which a request waits for an agent that is just coming up. */
const patienceMs = 10_000;

/** The start of an agent that is under way, or was last, its end by what stops it, and the phase that it has come to. */
export class Startup {
  readonly #scheduler: Scheduler;
  readonly #emit: (event: AgentEvent) => void;
  #phase: AgentPhase = { phase: 'starting' };
  #underWay: Promise<void> = Promise.resolve();
  #failure: ParleyError | undefined;
  /** True from `stop` to the next start. */
  #isStopped = false;

  constructor(scheduler: Scheduler, emit: (event: AgentEvent) => void) {
    this.#scheduler = scheduler;
    this.#emit = emit;
  }

  get phase(): AgentPhase {
    return this.#phase;
  }

  /** Returns what has stopped the agent; undefined when nothing has. */
  get failure(): ParleyError | undefined {
    return this.#failure;
  }

  /** Runs a start, after what is under way. It never rejects: `failed` clears up and returns why it has failed. */
  async run(start: () => Promise<void>, failed: (cause: unknown) => Promise<ParleyError>): Promise<void> {
    this.#isStopped = false;
    this.#failure = undefined;
    this.show({ phase: 'starting' });
    this.#underWay = this.#underWay.then(start).catch(async (cause: unknown) => this.#fail(await failed(cause)));
    await this.#underWay;
  }

  /** Shows what has stopped the agent, in its start or later, and has `clearUp` end it: it is under way until that has settled. */
  end(failure: ParleyError, clearUp: (failure: ParleyError) => Promise<void>): void {
    this.#fail(failure);
    this.#underWay = Promise.allSettled([this.#underWay, clearUp(failure)]).then(() => undefined);
  }

  #fail(failure: ParleyError): void {
    this.#failure = failure;
    this.tell({ phase: 'failed', failure: failureView(failure) });
  }

  /** Shows a phase that a start has come to, unless it was stopped meanwhile. */
  tell(phase: AgentPhase): void {
    if (!this.#isStopped) this.show(phase);
  }

  show(phase: AgentPhase): void {
    this.#phase = phase;
    this.#emit({ type: 'phase', phase });
  }

  /** Throws what has stopped the agent, and `not_registered` after `stop`: another run may have its keys and records by now. */
  requireRunning(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isStopped) throw new ParleyError('not_registered', 'This agent was stopped while it started.');
  }

  /** Refuses a call of an agent that is not ready. Throws what it failed with, else `not_registered`. */
  refuse(): never {
    throw this.#failure ?? notReady();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when the start is over, and what has ended the agent after it. */
  over(): Promise<void> {
    return this.#underWay;
  }

  /** Resolves when the start is over, or after 10 s. */
  async overSoon(): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timeout = this.#scheduler.after(patienceMs, patience.resolve);
    await Promise.race([this.#underWay, patience.promise]);
    timeout.cancel();
  }
}
