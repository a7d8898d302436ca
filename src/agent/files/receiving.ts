import { hashOfBlocks } from '../../protocol/crypto/stream-hash.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { StoredFile } from '../contracts/file-store.ts';
import type { PeerStream } from '../messages/peer-stream.ts';
import { BlockWriter } from './block-writer.ts';
import { blockBytes, separate, together } from './blocks.ts';
import { fileMethods, readCompared } from './file-messages.ts';
import type { MovingDeps } from './files-deps.ts';

/** Milliseconds for which the sender is asked for a stream, and for its hash, which may be of all of a large file. */
const openMs = 60_000;
const doneMs = 600_000;

/**
 * Has a file come, from where it stands: once this resolves it is whole. Rejects with what stops it; what was stored by then stays, and the
 * next try goes on behind it. `signal` ends it at any moment.
 */
export async function receive(deps: MovingDeps, id: string, signal: AbortSignal): Promise<void> {
  const { book, stores, pauses: _, presence } = deps;
  const { peerId } = book.require(id);
  if (await presence.isOffline(peerId)) {
    throw new ParleyError('peer_unreachable', `${peerId} is offline. The file goes on by itself when it is back.`);
  }
  try {
    const file = await whatIsThere(deps, id);
    if (file.moved < file.size) await read(deps, file, signal);
    await finish(deps, id, signal);
  } finally {
    await stores.vault.rest(id);
  }
}

/** Returns the record of what the vault has for certain: somebody may have taken it away. */
async function whatIsThere({ book, stores }: MovingDeps, id: string): Promise<StoredFile> {
  const file = book.require(id);
  if (file.moved === 0 || (await stores.vault.size(id)) >= file.moved) return file;
  return book.change(id, { moved: 0, digests: new Uint8Array(0) });
}

async function read(deps: MovingDeps, file: StoredFile, signal: AbortSignal): Promise<void> {
  const { id, moved: from } = file;
  const stream = await open(deps, file, signal);
  let isOver = false;
  try {
    if (stream.head.size !== file.size - from) {
      throw new ParleyError('stream_corrupt', 'The sender’s file has another size than was announced.');
    }
    await deps.book.change(id, { status: 'moving', error: undefined });
    await store(deps, file, stream, signal);
    isOver = true;
  } finally {
    // The sender lets go of it then. What it does not hear, it finds out by itself.
    if (!isOver) void stream.cancel();
  }
}

async function open({ callStreams }: MovingDeps, file: StoredFile, signal: AbortSignal): Promise<PeerStream> {
  const { id, peerId, moved: from } = file;
  const about = { peerId, method: fileMethods.read, parameters: { id, from }, before: separate(file.digests) };
  try {
    return await callStreams.open({ ...about, timeout: openMs, signal });
  } catch (cause) {
    const error = asParleyError(cause);
    if (error.code !== 'stream_gone') throw error;
    throw new ParleyError('unknown_file', 'The sender no longer offers this file.', { cause });
  }
}

async function store(
  { book, stores, environment }: MovingDeps,
  file: StoredFile,
  stream: PeerStream,
  signal: AbortSignal,
): Promise<void> {
  const { id } = file;
  const writer = new BlockWriter(file, {
    vault: stores.vault,
    stored: async (moved) => {
      const digests = together(stream.digests.slice(0, Math.ceil(moved / blockBytes)));
      await book.change(id, { moved, digests, changedAt: environment.now() });
    },
  });
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const bytes = await Promise.race([stream.next(), aborted.promise]);
      if (bytes === undefined) break;
      await writer.add(bytes);
      book.progress(id, writer.size);
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
  await writer.end();
}

/** Compares the hashes of both sides, and takes the file as whole. */
async function finish(deps: MovingDeps, id: string, signal: AbortSignal): Promise<void> {
  const { book, stores, environment, peerCalls } = deps;
  const { peerId, size, digests, name } = await book.change(id, { status: 'moving', error: undefined });
  const hash = encodeBase64(await hashOfBlocks(environment.subtle, separate(digests)));
  const done = await peerCalls.ask(peerId, fileMethods.done, { id, size, hash }, { timeout: doneMs, signal });
  if (readCompared(done.result) !== hash) {
    throw new ParleyError('stream_corrupt', 'What came of the file does not hash to what its sender has.');
  }
  signal.throwIfAborted();
  const place = await stores.vault.keep(id, name);
  const changedAt = environment.now();
  await book.change(id, { status: 'whole', hash, place, changedAt, error: undefined, digests: new Uint8Array(0) });
}
