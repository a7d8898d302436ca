import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

const mark = 'parley1';
const label = 'parley/1 group seal\0';

/**
 * Authenticates what servers of a group leave at NATS: HMAC-SHA-256 under a key that only they can derive, over where a
 * text stands and the text. Whoever may publish at NATS can neither make one nor move one to another place.
 */
export class Seal {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** Returns `text` with the proof that a server of the group put it at `place`. */
  close(place: readonly (string | number)[], text: string): string {
    return `${mark} ${this.#mac(place, text).toString('base64')} ${text}`;
  }

  /** Returns the text that `close` was given with the same `place`; undefined for anything else. */
  open(place: readonly (string | number)[], sealed: string): string | undefined {
    const [first = '', mac = ''] = sealed.split(' ', 2);
    if (first !== mark) return undefined;
    const text = sealed.slice(first.length + mac.length + 2);
    // In its one spelling: what was changed on its way is nothing of ours.
    const shown = Buffer.from(mac);
    const wanted = Buffer.from(this.#mac(place, text).toString('base64'));
    return shown.length === wanted.length && timingSafeEqual(shown, wanted) ? text : undefined;
  }

  #mac(place: readonly (string | number)[], text: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(label)
      .update(JSON.stringify(place))
      .update('\0')
      .update(text)
      .digest();
  }
}
