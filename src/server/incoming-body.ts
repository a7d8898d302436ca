import { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { type Keep, messageTooLarge, readBody, wholeOf } from '../http/body.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { crumbBytes } from './relay/crumbs.ts';

/** Chunks of a body from which on it matters how large they are. */
const manyChunks = 256;

/** Is given each part of a body, and how many chunks were parsed for it; says whether it is kept. */
export type Received = (part: Uint8Array, chunks: number) => Promise<Keep>;

/**
 * Reads the body of a request as `readBody` does. Where Node serves it, what has come is taken together: as a web stream it would
 * buffer 65,536 chunks of one byte before it held their sender back, each of them a hundred times what it brings.
 */
export async function readIncoming(c: Context, limit: number, received: Received): Promise<Bytes> {
  const { incoming }: { readonly incoming?: unknown } = c.env ?? {};
  if (!(incoming instanceof IncomingMessage)) return readBody(c.req.raw, limit, (part) => received(part, 1));
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw messageTooLarge(limit);
  const kept: Bytes[] = [];
  let length = 0;
  const chunksOf = countChunks(incoming);
  // The answer still has to leave by this connection, however the reading ends.
  for await (const part of incoming.iterator({ destroyOnReturn: false })) {
    if (!(part instanceof Uint8Array)) throw new TypeError('a body is bytes');
    length += part.length;
    if (length > limit) throw messageTooLarge(limit);
    if ((await received(part, chunksOf())) === 'keep') kept.push(new Uint8Array(part));
  }
  return wholeOf(kept);
}

/**
 * Returns what gives the chunks that were parsed since it was asked: Node hands each of them over by itself, and joins them. While
 * chunks are crumbs on average, the socket rests until what has come is read: a full buffer of 64 KiB would be a second's work.
 */
function countChunks(incoming: IncomingMessage): () => number {
  let chunks = 0;
  let [allChunks, allBytes] = [0, 0];
  const push = incoming.push.bind(incoming);
  incoming.push = (chunk: unknown, encoding?: BufferEncoding) => {
    chunks += 1;
    allChunks += 1;
    if (chunk instanceof Uint8Array) allBytes += chunk.length;
    const hasRoom = push(chunk, encoding);
    return hasRoom && (allChunks < manyChunks || allBytes >= crumbBytes * allChunks);
  };
  return () => {
    const counted = Math.max(1, chunks);
    chunks = 0;
    return counted;
  };
}
