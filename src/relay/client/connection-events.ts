import type { EventFeed, FeedListener } from '../../agent/contracts/ports.ts';

/** The Controller's events as an agent's line to its relay carries them. */
export class LineEvents implements EventFeed {
  readonly #listeners = new Set<FeedListener>();
  #hasEvents: boolean | undefined;

  follow(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    if (this.#hasEvents !== undefined) listener.began(this.#hasEvents);
    return () => this.#listeners.delete(listener);
  }

  /** Notes that the relay has sent an event of this type. */
  heard(type: string): void {
    for (const listener of this.#listeners) listener.heard(type);
  }

  /** Notes a new connection. An earlier relay sends no events on it. */
  began(hasEvents: boolean): void {
    this.#hasEvents = hasEvents;
    for (const listener of this.#listeners) listener.began(hasEvents);
  }
}
