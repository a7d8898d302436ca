import type { Bytes } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Pauses } from '../sessions/pauses.ts';
import { mayPass, type PeerStream } from './peer-stream.ts';

/** The bytes of an answer: those beside it, or a stream that its owner is still making. They are read once, one way or the other. */
export interface AnswerBody {
  readonly kind: 'bytes' | 'stream';
  readonly mediaType: string;
  readonly size?: number | undefined;
  /** The peer's word: a text to show, never a path. */
  readonly name?: string | undefined;
  /** The bytes in order. It errors when they do not come whole; cancelling it ends the request at the peer. */
  readonly stream: ReadableStream<Bytes>;
  /** Of a stream: the same bytes, piece by piece, and what `Agent.reopen` goes on with after a restart. */
  readonly peerStream?: PeerStream;
}

/** Returns the bytes that came beside an answer. */
export function bytesBody(bytes: Bytes): AnswerBody {
  const stream = new ReadableStream<Bytes>({
    start: (controller) => {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return { kind: 'bytes', mediaType: 'application/octet-stream', size: bytes.length, stream };
}

/** Milliseconds after which a peer is asked again that could not be reached. */
const againMs = 2_000;

/**
 * Returns the bytes of a stream of a peer; nothing is asked for before somebody reads. A peer that cannot be reached is waited for, as long
 * as it keeps a stream at least.
 */
export function streamBody(
  peerStream: PeerStream,
  { now, pauses }: { now(): number; readonly pauses: Pauses },
): AnswerBody {
  const { media_type: mediaType, size, name } = peerStream.head;
  const next = async () => {
    for (const began = now(); ; ) {
      try {
        return await peerStream.next();
      } catch (cause) {
        const isLate = now() - began > 1_000 * limits.streamIdle;
        if (isLate || pauses.isStopped || !mayPass(asParleyError(cause))) throw cause;
        await pauses.of(againMs);
      }
    }
  };
  const stream = new ReadableStream<Bytes>(
    {
      pull: async (controller) => {
        const bytes = await next();
        if (bytes === undefined) controller.close();
        else controller.enqueue(bytes);
      },
      cancel: (reason) => peerStream.cancel(reason instanceof ParleyError ? reason : undefined),
    },
    { highWaterMark: 0 },
  );
  return { kind: 'stream', mediaType, size, name, stream, peerStream };
}
