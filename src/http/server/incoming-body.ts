import { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { type Keep, messageTooLarge, readBody, wholeOf } from '../body.ts';
import { crumbBytes } from './crumbs.ts';

/** Chunks of a body from which on it matters how large they are. */
const manyChunks = 256;

/** Is given each part of a body, and how many chunks were parsed for it; says whether it is kept. */
export type Received = (part: Uint8Array, chunks: number) => Promise<Keep>;

/**
 * Reads the body of a request as `readBody` does. Where Node serves it, what has come is taken together: as a web stream it would
 * buffer 65,536 chunks of one byte before it held their sender back, each of them a hundred times what it brings. Throws
 * `message_too_large`, `malformed_message` for a client that hangs up before its body is complete, and what `received` throws.
 */
export async function readIncoming(c: Context, limit: number, received: Received): Promise<Bytes> {
  const { incoming }: { readonly incoming?: unknown } = c.env ?? {};
  if (!(incoming instanceof IncomingMessage)) return readBody(c.req.raw, limit, (part) => received(part, 1));
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw messageTooLarge(limit);
  const kept: Bytes[] = [];
  let length = 0;
  const crumbs = new CrumbGate(incoming);
  for await (const part of partsOf(incoming)) {
    length += part.length;
    if (length > limit) throw messageTooLarge(limit);
    if ((await received(part, crumbs.count())) === 'keep') kept.push(new Uint8Array(part));
    crumbs.goOn();
  }
  return wholeOf(kept);
}

/** Yields what comes of a body. That its client hangs up before the end is no failure of this side. */
async function* partsOf(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    // The answer still has to leave by this connection, however the reading ends.
    for await (const part of incoming.iterator({ destroyOnReturn: false })) {
      if (!(part instanceof Uint8Array)) throw new TypeError('a body is bytes');
      yield part;
    }
  } catch (cause) {
    if (!isError(cause) || incoming.complete || !incoming.destroyed) throw cause;
    throw new ParleyError('malformed_message', 'The body ended before it was complete.', { cause });
  }
}

/**
 * Counts the chunks of a body, which Node hands over one by one and joins. While they are crumbs on average, the socket rests from one
 * part that is read to the next: Node counts what waits in bytes, and would take in 65,536 chunks of one byte, a second's work.
 */
class CrumbGate {
  readonly #readOn: () => void;
  #unread = 0;
  #all = 0;
  #bytes = 0;
  #rests = false;
  #isAsked = false;

  constructor(incoming: IncomingMessage) {
    const push = incoming.push.bind(incoming);
    const read = incoming._read.bind(incoming);
    incoming.push = (chunk: unknown, encoding?: BufferEncoding) => {
      this.#add(chunk);
      return push(chunk, encoding) && !this.#rests;
    };
    incoming._read = (size) => {
      if (this.#rests) this.#isAsked = true;
      else read(size);
    };
    this.#readOn = () => read(0);
  }

  /** Returns how many chunks were parsed since it was asked last, and at least one. */
  count(): number {
    const counted = Math.max(1, this.#unread);
    this.#unread = 0;
    return counted;
  }

  /** Lets the socket go on, if it rests. */
  goOn(): void {
    this.#rests = false;
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#readOn();
  }

  #add(chunk: unknown): void {
    if (!(chunk instanceof Uint8Array)) return;
    this.#unread += 1;
    this.#all += 1;
    this.#bytes += chunk.length;
    this.#rests = this.#all >= manyChunks && this.#bytes < crumbBytes * this.#all;
  }
}
