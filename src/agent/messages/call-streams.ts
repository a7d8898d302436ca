import type { Bytes } from '../../protocol/bytes.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { PeerCalls } from './peer-calls.ts';
import { openPeerStream, type PeerStream, type PeerStreamDeps } from './peer-stream.ts';
import type { Impatience } from './sending.ts';

/** A call that is answered with a stream. */
export interface StreamCall extends Impatience {
  readonly peerId: string;
  readonly method: string;
  readonly parameters: JsonValue;
  /** Hashes of the blocks that lie before the stream; see `StreamBegin`. */
  readonly before: readonly Bytes[];
}

/** Reads streams that methods of Parley itself answer with: no exchange shows them. */
export class CallStreams {
  readonly #calls: Pick<PeerCalls, 'open'>;
  readonly #deps: PeerStreamDeps;

  constructor(calls: Pick<PeerCalls, 'open'>, deps: PeerStreamDeps) {
    this.#calls = calls;
    this.#deps = deps;
  }

  /** Calls a method and returns the stream of its answer. Rejects as `PeerCalls.call` does. */
  async open({ peerId, method, parameters, before, ...impatience }: StreamCall): Promise<PeerStream> {
    const { head, requestId } = await this.#calls.open(peerId, method, parameters, impatience);
    return openPeerStream(this.#deps, { peerId, requestId, head }, { before }, unwatched);
  }
}

const unwatched = { moved: () => undefined, whole: () => undefined, ended: () => undefined };
