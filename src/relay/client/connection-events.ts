import type { DeliveryNotice, NoticeFeed, NoticeListener } from '../../agent/contracts/notices.ts';
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

/** The notices of the delivery service as an agent's line to its relay carries them. */
export class LineNotices implements NoticeFeed {
  readonly #listeners = new Set<NoticeListener>();
  #hasNotices: boolean | undefined;

  follow(listener: NoticeListener): () => void {
    this.#listeners.add(listener);
    if (this.#hasNotices !== undefined) listener.began(this.#hasNotices);
    return () => this.#listeners.delete(listener);
  }

  /** Notes a notice of the relay. */
  noticed(notice: DeliveryNotice): void {
    for (const listener of this.#listeners) listener.noticed(notice);
  }

  /** Notes a new connection. A relay whose lines have no parts sends no notices on them. */
  began(hasNotices: boolean): void {
    this.#hasNotices = hasNotices;
    for (const listener of this.#listeners) listener.began(hasNotices);
  }
}
