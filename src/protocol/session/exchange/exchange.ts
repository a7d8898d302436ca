import type { Bytes } from '../../bytes.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { ParleyError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { JsonObject } from '../../wire/json.ts';
import { readProblem } from '../../wire/parse.ts';
import type { ClosePayload, KeyUpdatePayload, RequestPayload, ResponsePayload } from '../../wire/payload.ts';
import { decryptMessage, encryptMessage, type MessageContext, readEnvelope, requireNotOverdue } from '../envelope.ts';
import type { Epoch } from '../epoch.ts';
import { answerKeyUpdate } from '../key-update/answer.ts';
import type { Session } from '../session.ts';

/** An HTTP answer, as far as the protocol reads it. */
export interface Answer {
  readonly ok: boolean;
  readonly body: Bytes;
}

/** A RESPONSE as it came, with its members in `value`. */
export interface ReceivedResponse {
  readonly json: JsonObject;
  readonly value: ResponsePayload;
}

/**
 * Encrypts `message`, has it posted, and decrypts the RESPONSE in the answer (protocol page, section 4). Throws what
 * encrypting and decrypting throw, what `post` throws, the code of a problem answer, or `invalid_answer` for anything
 * that is not the response to this request. It goes out in the newest epoch unless one is given.
 */
export async function sendEncryptedMessage(
  context: MessageContext,
  session: Session,
  message: JsonObject & { readonly request_id: string },
  post: (body: Bytes) => Promise<Answer>,
  epoch?: Epoch,
): Promise<ReceivedResponse> {
  const isData = message.message_type === 'REQUEST';
  const answer = await post(
    await encryptMessage(context, session, message, epoch === undefined ? { isData } : { isData, epoch }),
  );
  if (!answer.ok) {
    const problem = readProblem(answer.body, limits.handshakeBody);
    if (problem === undefined)
      throw new ParleyError('invalid_answer', 'The peer’s address answered with something that is not parley/1.');
    throw new ParleyError(problem.code, problem.detail, problem.now === undefined ? {} : { now: problem.now });
  }
  const received = await decryptMessage(context, session, readEnvelope(answer.body));
  const { value, json } = received;
  if (value.message_type !== 'RESPONSE' || value.request_id !== message.request_id) {
    throw new ParleyError('invalid_answer', 'The answer belongs to another request.');
  }
  return { json, value };
}

/** What a peer can ask an application for. */
export type IncomingPayload = RequestPayload | ClosePayload;

/**
 * Reads, checks and decrypts a posted envelope, has it handled, and encrypts the RESPONSE (protocol page, section 4).
 * `find` rejects with `unknown_session` when there is none. Nothing is handled unless every check has passed. A KEY_UPDATE is
 * answered here; every other message is handed to `handle`.
 */
export async function receiveEncryptedMessage(
  context: MessageContext,
  body: Bytes,
  find: (sessionId: string) => Promise<Session>,
  handle: (session: Session, message: IncomingPayload) => Promise<JsonObject>,
): Promise<{ readonly session: Session; readonly message: IncomingPayload | KeyUpdatePayload; readonly body: Bytes }> {
  const envelope = readEnvelope(body);
  const session = await find(envelope.value.session_id);
  const { value, json, epoch } = await decryptMessage(context, session, envelope);
  if (value.message_type === 'RESPONSE') {
    throw new ParleyError('malformed_message', 'A response answers a request and is never posted by itself.');
  }
  if (value.message_type === 'KEY_UPDATE') {
    const response = await answerKeyUpdate(context, session, { value, json, epoch });
    // The answer still travels in the epoch that it ends.
    return {
      session,
      message: value,
      body: await encryptMessage(context, session, response, { epoch, isData: false }),
    };
  }
  // No answer could be sent: it must be found before anything runs.
  if (value.message_type === 'REQUEST') requireNotOverdue(session, unixSeconds(context.environment));
  const response = await handle(session, value);
  const isData = value.message_type === 'REQUEST';
  return { session, message: value, body: await encryptMessage(context, session, response, { isData }) };
}
