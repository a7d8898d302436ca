import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import { type ExchangeView, exchangeKey } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import type { Pauses } from '../sessions/pauses.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { headOf, ShownStream } from '../streams/shown-stream.ts';
import { type AnswerBody, streamBody } from './answer-body.ts';
import { KeptExchange } from './kept-exchange.ts';
import { openPeerStream, type PeerStream, type PeerStreamDeps, type ReadBegin } from './peer-stream.ts';

/** What answers that are streams are read and kept with. */
export interface AnswerStreamsDeps extends Omit<PeerStreamDeps, 'activity'> {
  readonly history: Pick<History, 'find' | 'settle' | 'settleWithBytes'>;
  readonly activity: ActivityLog;
  readonly pauses: Pauses;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A stream of a peer that is read on from where an earlier reading has come to, also after a restart. */
export interface Reopened extends ReadBegin {
  readonly peerId: string;
  /** Of the request that was answered with it. */
  readonly requestId: string;
  /** As it was answered; what the stored exchange says when absent. */
  readonly head?: StreamHead | undefined;
}

/** The answers of peers that are streams: what becomes of each is shown and kept with its exchange. */
export class AnswerStreams {
  readonly #deps: AnswerStreamsDeps;

  constructor(deps: AnswerStreamsDeps) {
    this.#deps = deps;
  }

  /** Returns the bytes of a stream that a request was answered with, which is shown and kept from now on; and its view as it is now. */
  answered(
    { peerId, requestId }: Pick<ExchangeView, 'peerId' | 'requestId'>,
    head: StreamHead,
  ): { readonly shown: ShownStream; open(exchange: ExchangeView): AnswerBody } {
    let kept: KeptExchange | undefined;
    const shown = new ShownStream(head, (view) => kept?.streamed('answer', view));
    return {
      shown,
      open: (exchange) => {
        kept = new KeptExchange(exchange, this.#deps);
        return streamBody(openPeerStream(this.#deps, { peerId, requestId, head }, {}, shown), this.#deps);
      },
    };
  }

  /**
   * Returns a stream that a request of this agent was answered with, to be read on from where an earlier reading has come to, also after a
   * restart: `digests` and `tail` are what that reading has, and the end is still checked over the whole. Rejects with `stream_gone` when
   * no such answer is stored and no `head` is given, and with `invalid_input`. Reading it rejects with `stream_gone` when the peer keeps it
   * no longer, or has let go of the bytes at that offset.
   */
  async reopen({ peerId, requestId, head: given, digests = [], tail }: Reopened): Promise<PeerStream> {
    if ((tail?.length ?? 0) >= limits.streamPart || digests.some(({ length }) => length !== 32)) {
      const detail = 'A stream goes on from hashes of 32 bytes and less than 1 MiB behind them. Nothing was read.';
      throw new ParleyError('invalid_input', detail);
    }
    const { activity, history } = this.#deps;
    const key = exchangeKey({ direction: 'outgoing', peerId, requestId });
    const exchange = activity.exchange(key) ?? (await history.find('outgoing', peerId, requestId));
    const head = given ?? headOf(exchange?.answer);
    if (head === undefined) {
      throw new ParleyError('stream_gone', 'No stream is known that this request was answered with.');
    }
    const kept = exchange === undefined ? undefined : new KeptExchange(exchange, this.#deps);
    const shown = new ShownStream(head, (view) => kept?.streamed('answer', view));
    return openPeerStream(this.#deps, { peerId, requestId, head }, { digests, tail }, shown);
  }
}
