import type { Bytes } from '../../protocol/bytes.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import type { Answered, OwnSession } from './own-session.ts';

/** What came of a request, a read or a write. */
export interface Ask {
  readonly requestId: string;
  /** Of the stream in the answer, or of the one that was asked about; empty when there is none. */
  readonly streamId: string;
  readonly result?: JsonValue;
  readonly attachment?: Bytes | undefined;
  /** Of a refusal, and of an ERROR. */
  readonly code?: ErrorCode | undefined;
}

interface Reading {
  readonly from: number;
  readonly most?: number;
  readonly release?: number;
  readonly wait?: number;
}

interface Writing {
  readonly from: number;
  readonly end?: { readonly size: number; readonly hash: string };
}

/** Asks for streams over a session, one message at a time: nothing is repeated or checked. */
export class StreamAsker {
  readonly session: OwnSession;

  constructor(session: OwnSession) {
    this.session = session;
  }

  /** Calls a method. */
  async ask(method: string): Promise<Ask> {
    const requestId = this.session.newId();
    return this.#send({ ...request(requestId, method) }, `asks for ${method}`);
  }

  /** Calls a method with a stream that follows, of `size` bytes where that is said. */
  async sendStream(method: string, size?: number): Promise<Ask> {
    const requestId = this.session.newId();
    const streamId = toHex(crypto.getRandomValues(new Uint8Array(16)));
    const asked = await this.#send(withStream(requestId, method, streamId, size), `asks for ${method}, with a stream`);
    return { ...asked, streamId };
  }

  /** Asks again for the answer to a request with a stream. */
  repeat(requestId: string, streamId: string, method: string): Promise<Ask> {
    return this.#send(withStream(requestId, method, streamId), `asks again for ${method}`);
  }

  read(streamId: string, { from, most = 1_048_576, release = 0, wait = 0 }: Reading): Promise<Ask> {
    const about = { stream_id: streamId, from, max_bytes: most, release, wait };
    const deed = `reads ${streamId.slice(0, 8)} from ${from}`;
    return this.#send({ message_type: 'STREAM_READ', request_id: this.session.newId(), ...about }, deed);
  }

  write(streamId: string, bytes: Bytes, { from, end }: Writing): Promise<Ask> {
    const about = { stream_id: streamId, from, done: end !== undefined, ...end };
    const deed = `writes ${streamId.slice(0, 8)} from ${from}`;
    return this.#send({ message_type: 'STREAM_WRITE', request_id: this.session.newId(), ...about }, deed, bytes);
  }

  cancel(requestId: string): Promise<Ask> {
    const message = { message_type: 'CANCEL', request_id: this.session.newId(), cancels: requestId };
    return this.#send(message, `cancels ${requestId}`);
  }

  async #send(message: JsonObject & { readonly request_id: string }, deed: string, bytes?: Bytes): Promise<Ask> {
    const answered = await this.session.ask(message, deed, bytes);
    return { requestId: message.request_id, streamId: streamIn(answered), ...answerOf(answered) };
  }
}

function request(request_id: string, method: string) {
  return { message_type: 'REQUEST', request_id, method, parameters: null };
}

function withStream(requestId: string, method: string, streamId: string, size?: number) {
  const stream = {
    stream_id: streamId,
    media_type: 'application/octet-stream',
    ...(size === undefined ? {} : { size }),
  };
  return { ...request(requestId, method), stream };
}

function streamIn({ response }: Answered): string {
  return response?.status === 'STREAM' ? response.stream.stream_id : '';
}

function answerOf({ response, attachment, code }: Answered): Pick<Ask, 'result' | 'attachment' | 'code'> {
  const result = response?.status === 'SUCCESS' || response?.status === 'STREAM' ? response.result : undefined;
  return { ...(result === undefined ? {} : { result }), attachment, code };
}
