import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { ResponseToSend } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import type { CancelPayload, StreamReadPayload, StreamWritePayload } from '../../protocol/wire/stream-payloads.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import type { AgentStreams, StreamOwner } from '../streams/agent-streams.ts';
import type { Cancellations } from '../streams/cancellations.ts';
import type { Answerers } from './answerers.ts';
import type { RunningRequests } from './running-requests.ts';

/** What reads, writes and cancellations are answered with. */
export interface IncomingStreamsDeps {
  readonly streams: AgentStreams;
  readonly cancellations: Cancellations;
  readonly answerers: Pick<Answerers, 'cancel'>;
  readonly running: Pick<RunningRequests, 'cancel'>;
  /** True for a request of a peer that is being answered, or was. */
  isKnown(owner: StreamOwner): boolean;
}

/**
 * Answers what peers ask of streams, and their cancellations (protocol page, section 4.3). A repeated one is evaluated again: offsets make
 * that harmless.
 */
export class IncomingStreams {
  readonly #deps: IncomingStreamsDeps;

  constructor(deps: IncomingStreamsDeps) {
    this.#deps = deps;
  }

  /** Returns the RESPONSE. Rejects with the code that the ERROR has. */
  async answer(
    { peer, peerExtensions }: Pick<Session, 'peer' | 'peerExtensions'>,
    message: StreamReadPayload | StreamWritePayload | CancelPayload,
    attachment: Bytes | undefined,
  ): Promise<ResponseToSend> {
    const { request_id } = message;
    const peerKey = peerKeyOf(peer);
    const success = (result: JsonValue, bytes?: Bytes): ResponseToSend => ({
      json: { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result },
      attachment: bytes,
    });
    switch (message.message_type) {
      case 'STREAM_READ': {
        // Its answer has bytes, which are sent to nobody whose hello says nothing of them.
        if (peerExtensions?.stream !== true) {
          throw new ParleyError('stream_gone', 'This version of the peer reads no streams.');
        }
        const { result, bytes } = await this.#deps.streams.read(peerKey, message);
        return success(result, bytes);
      }
      case 'STREAM_WRITE': {
        const bytes = attachment ?? new Uint8Array(0);
        return success({ next: await this.#deps.streams.write(peerKey, message, bytes) });
      }
      case 'CANCEL':
        return success({ cancelled: this.#cancel({ peerKey, requestId: message.cancels }) });
    }
  }

  /** Ends a peer's request and its streams; one that has not come yet will not run. */
  #cancel(owner: StreamOwner): boolean {
    const { streams, cancellations, answerers, running, isKnown } = this.#deps;
    const cancelled = new ParleyError('cancelled', 'The peer cancelled this request.');
    const wasAnswered = running.cancel(owner, cancelled) || answerers.cancel(owner, cancelled);
    const hadStreams = streams.end(owner, cancelled);
    if (!wasAnswered && !hadStreams && !isKnown(owner)) cancellations.add(owner.peerKey, owner.requestId);
    return wasAnswered || hadStreams;
  }
}
