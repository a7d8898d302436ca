import { type Impatience, requireTimeout } from '../agent/messages/sending.ts';
import type { Lifetime, Platform } from '../host/platform.ts';
import { scheduler } from '../platform/platform.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { OpenedAgent } from './open-agent.ts';

/** Opens the agent; `left` aborts when it has to be let go at once, also while it is being opened. */
type Open = (left: AbortSignal) => Promise<OpenedAgent>;

/** One run of an agent: from its opening until it is closed or its page is left. */
interface Run {
  readonly opened: Promise<OpenedAgent>;
  /** Rejects when the page is left: what was asked of this run is not answered any more. */
  readonly over: Promise<never>;
  readonly end: (why: unknown) => void;
  /** Rejects what is under way, and lets the agent go on. */
  readonly giveUp: (why: ParleyError) => void;
}

/**
 * An agent whose page may be left and shown again. A browser may keep a page that is left, frozen, with its locks: then no other page
 * could open the agent, and nobody would answer for it. So it is let go when the page is left, and opened again when it is shown.
 */
export class HeldAgent {
  readonly #lifetime: Lifetime | undefined;
  readonly #ends: (() => void)[] = [];
  #open: Open;
  #run: Run;
  /** Lets the process end. */
  #release: (() => void) | undefined;
  /** What is open now; undefined while it is being opened, and when it could not be. */
  #opened: OpenedAgent | undefined;
  /** True after the agent could not be opened again. */
  #hasFailed = false;
  #closing: Promise<void> | undefined;

  private constructor(open: Open, { lifetime, watchPage }: Pick<Platform, 'lifetime' | 'watchPage'>) {
    this.#open = open;
    this.#lifetime = lifetime;
    if (lifetime !== undefined) this.#ends.push(lifetime.releaseConnections());
    this.#run = this.#start();
    if (watchPage !== undefined) {
      this.#ends.push(watchPage({ left: () => this.#leave(), shown: () => this.#comeBack() }));
    }
  }

  /**
   * Opens an agent. Rejects with the code that stopped it, with the reason of `signal`, and with `timed_out`; then nothing stays open.
   */
  static async open(
    open: Open,
    platform: Pick<Platform, 'lifetime' | 'watchPage'>,
    { signal, timeout }: Impatience = {},
  ): Promise<HeldAgent> {
    requireTimeout(timeout);
    signal?.throwIfAborted();
    const held = new HeldAgent(open, platform);
    const abort = () => held.#run.end(signal?.reason);
    signal?.addEventListener('abort', abort);
    const timer = timeout === undefined ? undefined : scheduler.after(timeout, () => held.#run.end(tooLate(timeout)));
    try {
      await held.ask(async () => undefined);
      return held;
    } catch (error) {
      held.#end();
      throw error;
    } finally {
      timer?.cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Returns what is open now; undefined while the agent is being opened again. */
  get opened(): OpenedAgent | undefined {
    return this.#opened;
  }

  /**
   * Asks the agent. Rejects with what `work` rejects with, with `network_unavailable` when the page is left meanwhile, and with what
   * keeps the agent from being opened again, such as `agent_in_use`: the next call tries that again. Rejects with `agent_closed` once
   * the agent is closed.
   */
  ask<T>(work: (opened: OpenedAgent) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      return Promise.reject(
        new ParleyError('agent_closed', 'This agent was closed, and nothing was sent. Open it again.'),
      );
    }
    if (this.#hasFailed) this.#run = this.#start();
    const { opened, over } = this.#run;
    return this.#holding(Promise.race([opened.then(work), over]));
  }

  /** Keeps the process alive until the agent is closed. */
  ref(): void {
    if (this.#closing === undefined) this.#release ??= this.#lifetime?.hold();
  }

  /** Lets the process end when nothing else keeps it alive; what is asked of the agent does. */
  unref(): void {
    this.#release?.();
    this.#release = undefined;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Ends the agent; it is not opened again. What is under way rejects with `agent_closed`. */
  close(): Promise<void> {
    this.#closing ??= this.#holding(this.#close());
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#end();
    const { opened: opening, giveUp } = this.#run;
    // Whoever keeps a closed agent keeps nothing of what it held.
    this.#run = closedRun;
    this.#open = () => closedRun.opened;
    giveUp(
      new ParleyError(
        'agent_closed',
        'The agent was closed while this was under way. A request that was sent is stored, and is sent again when the agent is opened.',
      ),
    );
    // Whoever reads an answer hears of it first, and has the peer told.
    await new Promise<void>((resolve) => scheduler.after(0, resolve));
    const opened = await opening.catch(() => undefined);
    this.#opened = undefined;
    await opened?.close();
  }

  /** Keeps the process alive until `work` has settled. */
  async #holding<T>(work: Promise<T>): Promise<T> {
    const release = this.#lifetime?.hold();
    try {
      return await work;
    } finally {
      release?.();
    }
  }

  /** Lets go of the page and the process. */
  #end(): void {
    for (const end of this.#ends.splice(0)) end();
    this.unref();
  }

  #start(): Run {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const left = new AbortController();
    const opened = this.#open(left.signal);
    const end = (why: unknown) => {
      left.abort(why);
      reject(why);
    };
    const run: Run = { opened, over, end, giveUp: reject };
    this.#hasFailed = false;
    opened.then(
      (ready) => {
        if (this.#run === run && !left.signal.aborted) this.#opened = ready;
      },
      () => {
        // Whoever asked has heard why. What the page's leaving ended is opened again when it is shown.
        if (this.#run === run && !left.signal.aborted) this.#hasFailed = true;
      },
    );
    over.catch(() => undefined);
    return run;
  }

  #leave(): void {
    this.#opened = undefined;
    this.#run.end(
      new ParleyError(
        'network_unavailable',
        'The page was left while this was under way. A request that was sent is stored, and is sent again.',
      ),
    );
  }

  #comeBack(): void {
    this.#run = this.#start();
  }
}

/** What a closed agent has. */
const closedRun: Run = {
  opened: new Promise(() => undefined),
  over: new Promise(() => undefined),
  end: () => undefined,
  giveUp: () => undefined,
};

function tooLate(timeout: number): ParleyError {
  return new ParleyError('timed_out', `The agent was not open within ${timeout / 1_000} s. Nothing of it stays open.`);
}
