import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { StreamReader } from '../streams/stream-reader.ts';
import type { WaitTurns } from '../streams/wait-turns.ts';
import type { StreamCalls } from './stream-calls.ts';

/** The bytes of an answer: those beside it, or a stream that its owner is still making. They are read once. */
export interface AnswerBody {
  readonly kind: 'bytes' | 'stream';
  readonly mediaType: string;
  readonly size?: number | undefined;
  /** The peer's word: a text to show, never a path. */
  readonly name?: string | undefined;
  /** The bytes in order. It errors when they do not come whole; cancelling it ends the request at the peer. */
  readonly stream: ReadableStream<Bytes>;
}

/** What streams of peers are read with. */
export interface AnswerBodyDeps {
  readonly environment: Pick<Environment, 'subtle'>;
  readonly scheduler: Scheduler;
  readonly turns: WaitTurns;
  readonly calls: StreamCalls;
  readonly sessions: Pick<SessionTable, 'withPeer'>;
  readonly activity: Pick<ActivityLog, 'session'>;
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

/** Returns the bytes of a stream that a peer has answered `requestId` with; nothing is asked for before somebody reads. */
export function streamBody(
  deps: AnswerBodyDeps,
  { peerId, requestId }: { readonly peerId: string; readonly requestId: string },
  { stream_id: id, media_type: mediaType, size, name }: StreamHead,
): AnswerBody {
  const { environment, scheduler, turns, calls, sessions, activity } = deps;
  const ending = new AbortController();
  const session = sessions.withPeer(peerId);
  const address = session === undefined ? undefined : activity.session(session.id)?.peerAddress;
  const reader = new StreamReader(
    { size },
    {
      subtle: environment.subtle,
      scheduler,
      turns,
      origin: address === undefined || address === '' ? peerId : new URL(address).origin,
      read: (range) => calls.read(peerId, id, range, ending.signal),
    },
  );
  const stream = new ReadableStream<Bytes>(
    {
      pull: async (controller) => {
        const bytes = await reader.next();
        if (bytes === undefined) controller.close();
        else controller.enqueue(bytes);
      },
      cancel: async (reason) => {
        reader.stop();
        ending.abort(reason);
        await calls.cancel(peerId, requestId).catch(() => false);
      },
    },
    { highWaterMark: 0 },
  );
  return { kind: 'stream', mediaType, size, name, stream };
}
