import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { atMost } from './open-agent.ts';

/** Milliseconds for which whoever stops reading waits until the peer has heard of it. */
const tellMs = 2_000;

/** What an answer is read with. */
export interface ReaderDeps {
  /** Holds the agent open for `work`, and rejects when the agent ends before. */
  hold(work: () => Promise<void>): Promise<void>;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads the bytes of an answer in order, until they end, the signal aborts, the agent is closed, or whoever reads stops. */
export class AnswerReader {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  readonly #deps: ReaderDeps;
  readonly #over = Promise.withResolvers<void>();
  #isHeld = false;
  #isOver = false;
  #failure: { readonly why: unknown } | undefined;

  constructor(stream: ReadableStream<Bytes>, deps: ReaderDeps) {
    this.#reader = stream.getReader();
    this.#deps = deps;
    if (deps.signal?.aborted === true) this.#abort();
    else deps.signal?.addEventListener('abort', this.#abort);
  }

  /**
   * Returns the next bytes; undefined when all have come and hash to what the peer says. Rejects with why they do not come, with the
   * reason of the signal, and with `agent_closed`.
   */
  async next(): Promise<Bytes | undefined> {
    this.#hold();
    try {
      if (this.#isOver) {
        this.#throwFailure();
        return undefined;
      }
      const { done, value } = await this.#reader.read();
      this.#throwFailure();
      if (!done) return value;
    } catch (cause) {
      this.#end();
      throw this.#failure === undefined ? cause : this.#failure.why;
    }
    this.#end();
    return undefined;
  }

  /** Stops reading, and cancels the request at the peer unless everything has come. Resolves when the peer has heard, or after 2 s. */
  async cancel(reason: unknown = stoppedReading()): Promise<void> {
    if (!this.#isOver) await atMost(tellMs, this.#stop(reason));
  }

  /** Keeps the process alive and the agent open while somebody reads. */
  #hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#deps.hold(() => this.#over.promise).catch((why: unknown) => this.#fail(why));
  }

  readonly #abort = () => this.#fail(this.#deps.signal?.reason);

  #fail(why: unknown): void {
    if (this.#isOver) return;
    this.#failure = { why };
    void this.#stop(why);
  }

  async #stop(why: unknown): Promise<void> {
    this.#isOver = true;
    this.#hold();
    // What the peer does not hear, it finds out by itself.
    await this.#reader.cancel(why).catch(() => undefined);
    this.#end();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.why;
  }

  #end(): void {
    this.#isOver = true;
    this.#deps.signal?.removeEventListener('abort', this.#abort);
    this.#over.resolve();
  }
}

function stoppedReading(): ParleyError {
  return new ParleyError('cancelled', 'The application stopped reading this answer.');
}
