import type { Bytes, SessionId } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { isSessionId } from '../ids.ts';
import type { JsonObject } from '../wire/json.ts';
import { parseHandshakeObject } from '../wire/parse.ts';

const messageTypes = ['CLIENT_HELLO', 'CLIENT_CONFIRM', 'RESUME_HELLO'] as const;
type MessageType = (typeof messageTypes)[number];

/** A handshake body that is JSON within its limits, and whom it claims to belong to. */
export interface ReceivedHandshake {
  readonly messageType: MessageType;
  readonly sessionId: SessionId;
  readonly bytes: Bytes;
  readonly json: JsonObject;
}

/** Reads a body posted to `/agent/handshake`; throws `message_too_large` or `malformed_message` (protocol page, sections 3 and 5). */
export function readHandshake(bytes: Bytes): ReceivedHandshake {
  const json = parseHandshakeObject(bytes);
  const { session_id: sessionId } = json;
  const messageType = messageTypes.find((name) => name === json.message_type);
  if (messageType === undefined) {
    throw new ParleyError('malformed_message', `Member message_type: expected one of ${messageTypes.join(', ')}.`);
  }
  if (typeof sessionId !== 'string' || !isSessionId(sessionId)) {
    throw new ParleyError('malformed_message', 'Member session_id: expected 32 lowercase hex digits.');
  }
  return { messageType, sessionId, bytes, json };
}
