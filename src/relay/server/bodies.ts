import { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { messageTooLarge } from '../../http/body.ts';
import { readIncoming } from '../../http/server/incoming-body.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import { BodyCheck, type HasSession } from './body-check.ts';
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
  throw messageTooLarge(limit);
}

/**
 * Reads the body of a request for an agent, at most `limit` bytes; `hold` takes every byte as it comes. A sender that does not go
 * on is cut off. Throws `message_too_large`, `rate_limited` when there is no room, and what `BodyCheck` finds as soon as it is found.
 */
export async function readWithin(hold: Hold, c: Context, limit: number, hasSession: HasSession): Promise<Bytes> {
  const { incoming }: NodeSide = c.env ?? {};
  const watch = () =>
    hold.watch(() => {
      if (incoming instanceof IncomingMessage) incoming.destroy();
    });
  const isAnnounced = c.req.header('content-length') !== undefined;
  const check = new BodyCheck(c.req.path, async (sessionId) => {
    // Meanwhile it is not the sender that is waited for.
    hold.unwatch();
    try {
      return await hasSession(sessionId);
    } finally {
      watch();
    }
  });
  let refusal: ParleyError | undefined;
  watch();
  try {
    const body = await readIncoming(c, limit, async (part, chunks) => {
      await hold.pace(part.length, chunks);
      if (refusal !== undefined) {
        // It is counted against the limit, and has to come as fast: that a body is too large comes first (protocol page, section 1).
        hold.moved(part.length);
        return 'drop';
      }
      hold.take(part.length);
      refusal = await check.add(part);
      if (refusal !== undefined && isAnnounced) throw refusal;
      return refusal === undefined ? 'keep' : 'drop';
    });
    if (refusal !== undefined) throw refusal;
    return body;
  } finally {
    hold.unwatch();
  }
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

/** Returns a stream that hands over the next piece when the one before was taken. */
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
