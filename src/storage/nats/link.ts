import type { NatsConnection } from '@nats-io/transport-node';
import { ParleyError } from '../../protocol/errors.ts';
import { connectToNats, type NatsOptions } from './connect.ts';

/** What a link tells of itself. */
export interface LinkListener {
  /** NATS cannot be reached from now on. */
  lost(): void;
  /** NATS is reached again, after so many milliseconds. */
  back(outageMs: number): void;
}

/** A connection to NATS that knows whether it stands: what is under way when it breaks fails at once, and is not sent later. */
export class NatsLink {
  readonly connection: NatsConnection;
  readonly #now: () => number;
  readonly #listeners = new Set<LinkListener>();
  readonly #underWay = new Set<() => void>();
  #lostAt: number | undefined;

  constructor(connection: NatsConnection, now: () => number = () => performance.now()) {
    this.connection = connection;
    this.#now = now;
    void this.#watch();
  }

  /** Connects. Rejects as `connectToNats` does. */
  static async open(options: NatsOptions): Promise<NatsLink> {
    return new NatsLink(await connectToNats(options));
  }

  get isUp(): boolean {
    return this.#lostAt === undefined && !this.connection.isClosed();
  }

  /** Calls `listener` from now on; the function it returns ends that. */
  subscribe(listener: LinkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Returns the result of `work`. Rejects with what `lost` makes, at once, when NATS cannot be reached, and when it
   * goes meanwhile: then nobody knows whether NATS has done it.
   */
  async whileUp<T>(work: () => Promise<T>, lost: () => ParleyError = unreachable): Promise<T> {
    if (!this.isUp) throw lost();
    return new Promise<T>((resolve, reject) => {
      const fail = () => reject(lost());
      this.#underWay.add(fail);
      work()
        .then(resolve, reject)
        .finally(() => this.#underWay.delete(fail));
    });
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection' || type === 'close') this.#lose();
      if (type === 'reconnect') this.#comeBack();
    }
    this.#lose();
  }

  #lose(): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = this.#now();
    for (const fail of [...this.#underWay]) fail();
    for (const { lost } of [...this.#listeners]) lost();
  }

  #comeBack(): void {
    if (this.#lostAt === undefined) return;
    const outageMs = Math.round(this.#now() - this.#lostAt);
    this.#lostAt = undefined;
    for (const { back } of [...this.#listeners]) back(outageMs);
  }
}

/** Returns the error `unavailable` for callers while NATS is unreachable. */
export function unreachable(): ParleyError {
  return new ParleyError(
    'unavailable',
    'This server cannot reach the records of its group at the moment. What was under way was done as a whole or not at all: try again in a few seconds.',
    { retryAfter: 2 },
  );
}
