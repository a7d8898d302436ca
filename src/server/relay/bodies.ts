import { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { readBody } from '../../http/body.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { bodyScan } from '../../protocol/wire/body-scan.ts';
import type { Hold } from './budget.ts';

/** Bytes of an answer that are handed over at once. */
const pieceBytes = 64 * 1024;
/** Windows in which bytes of an answer have to be taken: what the system has taken for a slow client is not seen to move. */
const takingWindows = 3;

/** Node's side of a request, where the server is Node's. */
interface NodeSide {
  readonly incoming?: unknown;
  readonly outgoing?: unknown;
}

/** Throws `message_too_large` when more than `limit` bytes are announced, before any of them is read. */
export function requireAllowed(announced: string | undefined, limit: number): void {
  if (Number(announced ?? 0) <= limit) return;
  throw new ParleyError('message_too_large', `The body may have at most ${limit} bytes.`);
}

/**
 * Reads the body of a request for an agent, at most `limit` bytes; `hold` takes every byte as it comes. A sender that does not go
 * on is cut off. Throws `message_too_large`, `rate_limited` when there is no room, and `malformed_message` as soon as the beginning
 * shows that the agent would.
 */
export async function readWithin(hold: Hold, c: Context, limit: number): Promise<Bytes> {
  const { incoming }: NodeSide = c.env ?? {};
  hold.watch(() => {
    if (incoming instanceof IncomingMessage) incoming.destroy();
  });
  const look = lookAtBeginning(c);
  let refusal: ParleyError | undefined;
  try {
    const body = await readBody(c.req.raw, limit, (part) => {
      // What is not kept has to come as fast, and is counted against the limit: too large a body is refused as such.
      if (refusal !== undefined) hold.moved(part.length);
      else hold.take(part.length);
      refusal ??= look(part);
      return refusal === undefined ? 'keep' : 'drop';
    });
    if (refusal !== undefined) throw refusal;
    return body;
  } finally {
    hold.unwatch();
  }
}

/**
 * Returns what looks at the parts of a body. It throws `malformed_message` when it has seen enough of a body whose length was
 * announced, and returns it for others: nobody knows yet whether they are too large, which comes first (protocol page, section 1).
 */
function lookAtBeginning(c: Context): (part: Uint8Array) => ParleyError | undefined {
  const scan = bodyScan(c.req.path);
  const isAnnounced = c.req.header('content-length') !== undefined;
  return (part) => {
    try {
      scan?.add(part);
      return undefined;
    } catch (cause) {
      if (isAnnounced || !(cause instanceof ParleyError)) throw cause;
      return cause;
    }
  };
}

/** Returns the answer; `hold` ends once nothing of `body` is held here any more. A client that does not take it is cut off. */
export function sendWithin(hold: Hold, c: Context, answer: ResponseInit, body: Bytes): Response {
  const { outgoing }: NodeSide = c.env ?? {};
  if (!(outgoing instanceof ServerResponse) || outgoing.closed || outgoing.destroyed) {
    hold.end();
    return withBody(answer, body);
  }
  outgoing.once('close', () => hold.end());
  hold.watch(() => outgoing.destroy(), takingWindows);
  return withBody(answer, body.length <= pieceBytes ? body : inPieces(body, (bytes) => hold.moved(bytes)), body.length);
}

function withBody(answer: ResponseInit, body: Bytes | ReadableStream<Bytes>, length?: number): Response {
  const { status = 200 } = answer;
  if (status === 204 || status === 205 || status === 304) return new Response(null, answer);
  const headers = new Headers(answer.headers);
  if (length !== undefined) headers.set('content-length', String(length));
  return new Response(body, { status, headers });
}

/** A stream that hands a piece over whenever the one before was taken. */
function inPieces(body: Bytes, handed: (bytes: number) => void): ReadableStream<Bytes> {
  let at = 0;
  return new ReadableStream<Bytes>(
    {
      pull: (controller) => {
        const piece = body.subarray(at, at + pieceBytes);
        at += piece.length;
        handed(piece.length);
        controller.enqueue(piece);
        if (at >= body.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
