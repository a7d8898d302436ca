import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { failureView } from '../contracts/failures.ts';
import type { StoredFile } from '../contracts/file-store.ts';
import { OwnStream } from '../messages/own-methods.ts';
import { Refusal } from '../messages/refusal.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import { sourceOfBlob } from './blob-source.ts';
import { senderWords } from './failed-tries.ts';
import { isOver } from './file-book.ts';
import { FileHashes } from './file-hashes.ts';
import { readDone, readRead } from './file-messages.ts';
import type { MovingDeps } from './files-deps.ts';

/** Milliseconds without a word of the reader after which a file is shown as waiting: a reader says something every 45 seconds. */
const quietMs = 60_000;

/** A stream in which a file goes out. */
interface Serving {
  end: (error: ParleyError) => void;
  timer: { cancel(): void } | undefined;
}

/** The files that this agent has offered: their receivers read them. */
export class OutgoingFiles {
  readonly #deps: MovingDeps;
  readonly #hashes: FileHashes;
  readonly #serving = new Map<string, Serving>();

  constructor(deps: MovingDeps) {
    this.#deps = deps;
    this.#hashes = new FileHashes(deps.environment.subtle);
  }

  /**
   * Answers a receiver that wants to read. An earlier stream of the same file ends. Rejects with `stream_gone` for a file that was not
   * offered to this peer, and in the words of `senderWords` while it is paused here or when it is gone.
   */
  async read(parameters: JsonValue, peer: PeerIdentity): Promise<OwnStream> {
    const { stores, book } = this.#deps;
    const { id, from } = readRead(parameters);
    const offered = this.#readable(id, peer);
    if (from >= offered.size) throw new ParleyError('malformed_message', 'The file is shorter than what is asked for.');
    const blob = await stores.sources.open(id);
    // Meanwhile it may have been cancelled or paused.
    const file = this.#readable(id, peer);
    if (blob === undefined || blob.size !== file.size) throw await this.#missing(id);
    this.halt(id);
    const serving: Serving = { end: () => undefined, timer: undefined };
    this.#serving.set(id, serving);
    const peerKey = peerKeyOf(peer);
    await book.change(id, {
      peerKey,
      status: 'moving',
      moved: from,
      pausedThere: false,
      tell: undefined,
      error: undefined,
    });
    const hashed = this.#hashes.notes(id, from);
    return new OwnStream({
      source: sourceOfBlob(blob, from),
      mediaType: file.mediaType,
      size: file.size - from,
      watch: {
        hashed,
        served: (end) => this.#begun(id, serving, end),
        released: (offset) => this.#released(id, serving, from + offset),
      },
    });
  }

  /** Answers a receiver that has all of it: both sides compare what it hashes to. Rejects as `read` does. */
  async done(parameters: JsonValue, peer: PeerIdentity): Promise<JsonObject> {
    const { book, environment, stores } = this.#deps;
    const { id, size, hash: theirs } = readDone(parameters);
    const known = this.#of(id, peer);
    if (known.status === 'whole' && known.hash !== undefined) return { hash: known.hash };
    const file = this.#readable(id, peer);
    const blob = await stores.sources.open(id);
    if (blob === undefined || blob.size !== file.size) throw await this.#missing(id);
    let hash: string;
    try {
      hash = await this.#hashes.of(id, blob);
    } catch (cause) {
      // The file was changed or taken away while it was read.
      asParleyError(cause);
      throw await this.#missing(id);
    }
    if (isOver(book.require(id))) return { hash };
    const changedAt = environment.now();
    const isWhole = hash === theirs && size === file.size;
    await this.end(
      id,
      isWhole
        ? { status: 'whole', moved: size, hash, changedAt, error: undefined }
        : { status: 'failed', hash, changedAt, error: failureView(corrupt()) },
    );
    return { hash };
  }

  /** Ends a file: its bytes are let go of. */
  async end(id: string, change: Partial<StoredFile>): Promise<StoredFile> {
    this.halt(id);
    this.#hashes.forget(id);
    const file = await this.#deps.book.change(id, change);
    await this.#deps.stores.sources.drop(id);
    return file;
  }

  /** Ends the stream in which a file goes out. */
  halt(id: string): void {
    const serving = this.#serving.get(id);
    this.#serving.delete(id);
    serving?.timer?.cancel();
    serving?.end(new ParleyError('cancelled', 'The sender has stopped this file.'));
  }

  /** Ends all streams. */
  stop(): void {
    for (const id of [...this.#serving.keys()]) this.halt(id);
  }

  #begun(id: string, serving: Serving, end: (error: ParleyError) => void): void {
    serving.end = end;
    if (this.#serving.get(id) === serving) this.#watch(id, serving);
    else end(new ParleyError('cancelled', 'The sender has stopped this file.'));
  }

  #released(id: string, serving: Serving, moved: number): void {
    if (this.#serving.get(id) !== serving) return;
    this.#deps.book.progress(id, moved);
    this.#watch(id, serving, moved);
  }

  #watch(id: string, serving: Serving, moved?: number): void {
    serving.timer?.cancel();
    serving.timer = this.#deps.scheduler.after(quietMs, () => {
      if (this.#serving.get(id) !== serving) return;
      const change = { status: 'waiting', ...(moved === undefined ? {} : { moved }) } as const;
      // What cannot be stored is found again when the receiver reads on.
      void this.#deps.book.change(id, change).catch(asParleyError);
    });
  }

  /** Returns a file that a peer was offered. Throws `stream_gone`. */
  #of(id: string, peer: PeerIdentity): StoredFile {
    const file = this.#deps.book.find(id);
    // An offer may be answered by a read before its own answer has come: only its receiver knows the id.
    const isTheirs = file?.peerKey === peerKeyOf(peer) || (file?.peerKey === '' && file.peerId === peer.agentId);
    if (file?.direction === 'outgoing' && isTheirs) return file;
    throw new ParleyError('stream_gone', 'No such file is offered to this agent.');
  }

  #readable(id: string, peer: PeerIdentity): StoredFile {
    const file = this.#of(id, peer);
    if (file.status === 'missing') throw gone();
    if (isOver(file)) throw new ParleyError('stream_gone', 'This file is no longer offered.');
    if (file.pausedHere) throw new Refusal(senderWords.paused, 'The sender has paused this file.');
    return file;
  }

  async #missing(id: string): Promise<Refusal> {
    const error = failureView(
      new ParleyError('unknown_file', 'The file that was offered is gone or has changed. Offer it again.'),
    );
    await this.end(id, { status: 'missing', error });
    return gone();
  }
}

function gone(): Refusal {
  return new Refusal(senderWords.missing, 'The sender no longer has this file as it was offered.');
}

function corrupt(): ParleyError {
  return new ParleyError(
    'stream_corrupt',
    'What has come does not hash to what was sent. The receiver keeps nothing of it.',
  );
}
