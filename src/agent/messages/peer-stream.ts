import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { StreamEnd } from '../../protocol/crypto/stream-hash.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { StreamWatch } from '../streams/shown-stream.ts';
import { StreamReader } from '../streams/stream-reader.ts';
import type { WaitTurns } from '../streams/wait-turns.ts';
import type { StreamCalls } from './stream-calls.ts';

/** Where an earlier reading has come to; from the beginning when both are absent. */
export interface ReadBegin {
  /** The hashes of the whole blocks of 1 MiB that were read, as `PeerStream.digests` gave them. */
  readonly digests?: readonly Bytes[] | undefined;
  /** The bytes that were read behind these blocks, less than 1 MiB. */
  readonly tail?: Bytes | undefined;
  /** Hashes of the blocks of something longer that lie before the stream's first byte; see `StreamBegin`. */
  readonly before?: readonly Bytes[] | undefined;
}

/** Which stream is read: a peer has answered this request with it. */
export interface StreamPlace {
  readonly peerId: string;
  readonly requestId: string;
  readonly head: StreamHead;
}

/** A stream of a peer, read piece by piece: each byte once, and whole only when all of them hash to what the peer says. */
export interface PeerStream {
  readonly head: StreamHead;
  /** The offset of the next byte. */
  readonly at: number;
  /** The hashes of the whole blocks of 1 MiB that were read: with the bytes behind them, what another reading goes on with. */
  readonly digests: readonly Bytes[];
  /** Size and hash of the whole, once it has come. */
  readonly end: StreamEnd | undefined;
  /**
   * Returns the next bytes; undefined at the end, when all of them hash to what the peer says. Rejects with `stream_corrupt` when they do
   * not, and with the code of what has ended the stream. `peer_unreachable` ends nothing: it may be called again. Wait for it before the
   * next call.
   */
  next(): Promise<Bytes | undefined>;
  /**
   * Says that all before `offset` is stored, so that the peer may forget it. Called with 0 before the first read, the peer keeps up to
   * 16 MiB of what was read and is not stored; without a call it forgets what `next` has returned once more is asked for.
   */
  stored(offset: number): void;
  /** Stops reading here, and tells the peer nothing: the stream can be reopened while the peer keeps it. */
  pause(): void;
  /** Ends it for both sides, by `error` where this side has another reason than a person; resolves when the peer was told, or could not be. */
  cancel(error?: ParleyError): Promise<void>;
}

/** What streams of peers are read with. */
export interface PeerStreamDeps {
  readonly environment: Pick<Environment, 'subtle'>;
  readonly scheduler: Scheduler;
  readonly turns: WaitTurns;
  readonly calls: StreamCalls;
  readonly sessions: Pick<SessionTable, 'withPeer'>;
  readonly activity: Pick<ActivityLog, 'session'>;
}

/** Codes after which the next read of a stream may succeed. */
const passing: ReadonlySet<string> = new Set([
  'peer_unreachable',
  'unavailable',
  'rate_limited',
  'controller_unreachable',
]);

/** True for an error after which the next read of a stream may succeed. */
export function mayPass({ code }: ParleyError): boolean {
  return passing.has(code);
}

/** Returns a stream that a peer has answered with, to be read from `begin` on. Nothing is asked for before its first `next`. */
export function openPeerStream(
  deps: PeerStreamDeps,
  { peerId, requestId, head }: StreamPlace,
  begin: ReadBegin,
  watch: StreamWatch,
): PeerStream {
  const { environment, scheduler, turns, calls, sessions, activity } = deps;
  const ending = new AbortController();
  const session = sessions.withPeer(peerId);
  const address = session === undefined ? undefined : activity.session(session.id)?.peerAddress;
  const end = async (error: ParleyError) => {
    reader.stop(error);
    ending.abort(error);
    watch.ended(error);
    await calls.cancel(peerId, requestId).catch(() => false);
  };
  const reader = new StreamReader(
    { size: head.size, ...begin },
    {
      subtle: environment.subtle,
      scheduler,
      turns,
      origin: address === undefined || address === '' ? peerId : new URL(address).origin,
      read: (range) => calls.read(peerId, head.stream_id, range, ending.signal),
      abandoned: () => void end(new ParleyError('stream_gone', 'Nobody read this stream for 30 minutes.')),
    },
  );
  return {
    head,
    get at() {
      return reader.at;
    },
    get digests() {
      return reader.digests;
    },
    get end() {
      return reader.end;
    },
    next: async () => {
      try {
        const bytes = await reader.next();
        if (reader.end === undefined) watch.moved(reader.at, bytes);
        else {
          if (bytes !== undefined) watch.moved(reader.at, bytes);
          watch.whole(reader.end);
        }
        return bytes;
      } catch (cause) {
        const error = asParleyError(cause);
        if (!mayPass(error) && !ending.signal.aborted) watch.ended(error);
        throw error;
      }
    },
    stored: (offset) => reader.stored(offset),
    pause: () => {
      const paused = new ParleyError('cancelled', 'The reading of this stream was paused.');
      reader.stop(paused);
      ending.abort(paused);
    },
    cancel: (error = new ParleyError('cancelled', 'You stopped this stream.')) => end(error),
  };
}
