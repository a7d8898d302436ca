import { type Bytes, concat } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { PartHeader } from './frames.ts';

/** Bytes of a body that one frame carries. */
export const partBytes = 64 * 1024;
/** Bytes that a part has at least when others follow: a body is no heap of crumbs. */
const leastPartBytes = 16 * 1024;
/** Bytes of bodies that may be on their way in one direction before the other side says that it has taken them. */
export const windowBytes = 256 * 1024;

/** A header that begins a body. */
interface Carrying {
  readonly id: number;
  readonly more?: boolean | undefined;
}

interface Outgoing<Header> {
  readonly header: Header;
  readonly body: Bytes;
  /** Bytes that were written. */
  at: number;
  readonly written: () => void;
}

const empty = new Uint8Array(0);

/**
 * Writes bodies in parts, those of several bodies in turn, and never more than the window beyond what the other side has
 * taken: a large body holds up neither a small one nor a sign of life.
 */
export class PartSender<Header extends Carrying> {
  readonly #write: (header: Header | PartHeader, part: Bytes) => void;
  readonly #fresh: Outgoing<Header>[] = [];
  readonly #begun: Outgoing<Header>[] = [];
  #isFreshNext = true;
  #onTheirWay = 0;

  constructor(write: (header: Header | PartHeader, part: Bytes) => void) {
    this.#write = write;
  }

  /** Writes a body behind its header. `written` is called once, when the last part was written or the body was dropped. */
  send(header: Header, body: Bytes, written: () => void = () => undefined): void {
    if (body.length === 0) {
      this.#write(header, empty);
      written();
      return;
    }
    this.#fresh.push({ header, body, at: 0, written });
    this.#pump();
  }

  /** Drops what was not written yet of a body. */
  drop(id: number): void {
    for (const queue of [this.#fresh, this.#begun]) {
      const at = queue.findIndex(({ header }) => header.id === id);
      if (at >= 0) for (const { written } of queue.splice(at, 1)) written();
    }
  }

  /** Drops everything. */
  end(): void {
    for (const { header } of [...this.#fresh, ...this.#begun]) this.drop(header.id);
  }

  /** Notes that the other side has taken `bytes` more. Throws `malformed_message` when so many were never sent. */
  taken(bytes: number): void {
    if (bytes > this.#onTheirWay) throw new ParleyError('malformed_message', 'More was taken than was sent.');
    this.#onTheirWay -= bytes;
    this.#pump();
  }

  #pump(): void {
    while (this.#onTheirWay < windowBytes) {
      const next = this.#next();
      if (next === undefined) return;
      const { header, body, at } = next;
      const part = body.subarray(at, at + partBytes);
      next.at += part.length;
      this.#onTheirWay += part.length;
      const more = next.at < body.length;
      if (more) this.#begun.push(next);
      if (at > 0) this.#write({ type: 'part', id: header.id, more }, part);
      else this.#write(more ? { ...header, more } : header, part);
      if (!more) next.written();
    }
  }

  /** Returns the next body to send a part of: new bodies and those under way take turns. */
  #next(): Outgoing<Header> | undefined {
    this.#isFreshNext = !this.#isFreshNext;
    const [first, second] = this.#isFreshNext ? [this.#begun, this.#fresh] : [this.#fresh, this.#begun];
    return first.shift() ?? second.shift();
  }
}

/** What a receiver of bodies is given. */
export interface PartReceiverParts<Header> {
  /** Bytes that one body may have. */
  readonly most: number;
  /** True when a part of `bytes` bytes may be kept; otherwise the body is dropped. */
  accepts(id: number, bytes: number): boolean;
  /** Looks at the parts of one body as they come: `enough` when the rest of it changes nothing, and what is there counts as whole. */
  looksAt?(header: Header): ((part: Bytes) => 'go on' | 'enough') | undefined;
  /** Takes a body that is complete. */
  whole(header: Header, body: Bytes): void;
  /** Says to the other side that `bytes` more were taken. */
  taken(bytes: number): void;
}

interface Incoming<Header> {
  readonly header: Header;
  readonly parts: Bytes[];
  readonly look: ((part: Bytes) => 'go on' | 'enough') | undefined;
  length: number;
}

/** Puts bodies together from their parts. */
export class PartReceiver<Header extends Carrying> {
  readonly #parts: PartReceiverParts<Header>;
  readonly #begun = new Map<number, Incoming<Header>>();

  constructor(parts: PartReceiverParts<Header>) {
    this.#parts = parts;
  }

  /** Takes the frame that begins a body. Throws `malformed_message` when the id has begun already, for too large a body, and for crumbs. */
  begin(header: Header, part: Bytes): void {
    const { id, more } = header;
    if (this.#begun.has(id)) throw new ParleyError('malformed_message', 'A body begins only once.');
    this.#begun.set(id, { header, parts: [], length: 0, look: this.#parts.looksAt?.(header) });
    this.add(id, part, more === true);
  }

  /**
   * Takes a part. One of a body that was dropped, or of none, has no effect. Throws `malformed_message` for a part
   * that is too small or too large.
   */
  add(id: number, part: Bytes, more: boolean): void {
    if (part.length > 0) this.#parts.taken(part.length);
    if (more && part.length < leastPartBytes) {
      throw new ParleyError('malformed_message', 'Only the last part of a body may be as small as this.');
    }
    const body = this.#begun.get(id);
    if (body === undefined) return;
    body.length += part.length;
    if (body.length > this.#parts.most) throw new ParleyError('malformed_message', 'No body is as large as this.');
    if (!this.#parts.accepts(id, part.length)) {
      this.#begun.delete(id);
      return;
    }
    body.parts.push(part);
    if (more && body.look?.(part) !== 'enough') return;
    this.#begun.delete(id);
    const [only, ...others] = body.parts;
    this.#parts.whole(body.header, only !== undefined && others.length === 0 ? only : concat(...body.parts));
  }

  /** Forgets what has come of a body, and returns how many bytes that were. */
  drop(id: number): number {
    const length = this.#begun.get(id)?.length ?? 0;
    this.#begun.delete(id);
    return length;
  }
}
