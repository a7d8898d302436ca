import type { Bytes } from '../../bytes.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { ParleyError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { EnvelopeForm, MessageBody } from '../../wire/envelope-form.ts';
import type { JsonObject } from '../../wire/json.ts';
import { type Parsed, readProblem } from '../../wire/parse.ts';
import type { ClosePayload, KeyUpdatePayload, Payload, RequestPayload, ResponsePayload } from '../../wire/payload.ts';
import type { CancelPayload, StreamReadPayload, StreamWritePayload } from '../../wire/stream-payloads.ts';
import { encryptMessage, requireNotOverdue } from '../encrypt-message.ts';
import { type ReceivedEnvelope, type ReceivedPayload, readEnvelope } from '../envelope.ts';
import type { Epoch } from '../epoch/epoch.ts';
import type { MessageContext } from '../message-context.ts';
import type { Session } from '../session.ts';

/** An HTTP answer, as far as the protocol reads it. */
export interface Answer {
  readonly ok: boolean;
  readonly body: Bytes;
  /** What its content-type says of the body; an envelope is read as that. */
  readonly form: EnvelopeForm;
  /** Seconds after which whoever refused says that it may be tried again. */
  readonly retryAfter?: number;
}

/** Returns the envelope of an answer (protocol page, section 4). Throws the code of a problem answer, or `invalid_answer`. */
export function readAnswer({ ok, body, form, retryAfter }: Answer): ReceivedEnvelope {
  if (ok) return readEnvelope({ form, bytes: body });
  const problem = readProblem(body, limits.handshakeBody);
  if (problem === undefined) {
    throw new ParleyError('invalid_answer', 'The peer’s address answered with something that is not parley/1.');
  }
  throw new ParleyError(problem.code, problem.detail, {
    ...(problem.now === undefined ? {} : { now: problem.now }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** A RESPONSE, and the bytes beside it. */
export interface ReceivedResponse extends Parsed<ResponsePayload> {
  readonly attachment: Bytes | undefined;
}

/** Returns the RESPONSE to the request of this id. Throws `invalid_answer` for anything else. */
export function readResponse({ value, json, attachment }: ReceivedPayload, requestId: string): ReceivedResponse {
  if (value.message_type !== 'RESPONSE' || value.request_id !== requestId) {
    throw new ParleyError('invalid_answer', 'The answer belongs to another request.');
  }
  return { json, value, attachment };
}

/** What a peer can ask an application for. */
export type IncomingPayload = RequestPayload | ClosePayload | StreamReadPayload | StreamWritePayload | CancelPayload;

/** A message that is answered, and the epoch that it came in. */
export interface ReceivedRequest extends Parsed<IncomingPayload | KeyUpdatePayload> {
  readonly attachment: Bytes | undefined;
  readonly form: EnvelopeForm;
  readonly epoch: Epoch;
}

/** True for what a session sends only while its keys are fresh enough: all but its end and the updates of its keys. */
function isData({ message_type }: Payload): boolean {
  return message_type !== 'CLOSE' && message_type !== 'KEY_UPDATE';
}

/**
 * Returns what a posted envelope asks for. Throws `malformed_message` for a RESPONSE, and `unknown_epoch` for a request in a session
 * whose keys are overdue (protocol page, section 4): no answer could be sent, which must be found before anything runs.
 */
export function readRequest(
  { environment }: MessageContext,
  session: Session,
  { value, json, attachment, form, epoch }: ReceivedPayload,
): ReceivedRequest {
  if (value.message_type === 'RESPONSE') {
    throw new ParleyError('malformed_message', 'A response answers a request and is never posted by itself.');
  }
  if (isData(value)) requireNotOverdue(session, unixSeconds(environment));
  return { value, json, attachment, form, epoch };
}

/** A RESPONSE to send, and the bytes beside it. */
export interface ResponseToSend {
  readonly json: JsonObject;
  readonly attachment?: Bytes | undefined;
}

/**
 * Encrypts the RESPONSE to a message (protocol page, section 4): the body to answer with. What answers a KEY_UPDATE still travels in the
 * epoch that it ends. Throws what `encryptMessage` throws.
 */
export function encryptResponse(
  context: MessageContext,
  session: Session,
  { value, epoch, form }: ReceivedRequest,
  { json, attachment }: ResponseToSend,
): Promise<MessageBody> {
  if (value.message_type === 'KEY_UPDATE')
    return encryptMessage(context, session, json, { epoch, form, isData: false });
  return encryptMessage(context, session, json, { attachment, form, isData: isData(value) });
}
