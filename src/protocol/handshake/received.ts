import type { Bytes, SessionId } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { isSessionId } from '../ids.ts';
import type { JsonObject } from '../wire/json.ts';
import { limits } from '../wire/limits.ts';
import { parseObject } from '../wire/parse.ts';

/** A handshake body that is JSON within its limits, and whom it claims to belong to. */
export interface ReceivedHandshake {
  readonly messageType: 'CLIENT_HELLO' | 'CLIENT_CONFIRM';
  readonly sessionId: SessionId;
  readonly bytes: Bytes;
  readonly json: JsonObject;
}

/** Reads a body posted to `/agent/handshake`; throws `message_too_large` or `malformed_message` (protocol page, section 3). */
export function readHandshake(bytes: Bytes): ReceivedHandshake {
  const json = parseObject(bytes, limits.handshakeBody);
  const { message_type: messageType, session_id: sessionId } = json;
  if (messageType !== 'CLIENT_HELLO' && messageType !== 'CLIENT_CONFIRM') {
    throw new ParleyError('malformed_message', 'Member message_type: expected CLIENT_HELLO or CLIENT_CONFIRM.');
  }
  if (typeof sessionId !== 'string' || !isSessionId(sessionId)) {
    throw new ParleyError('malformed_message', 'Member session_id: expected 32 lowercase hex digits.');
  }
  return { messageType, sessionId, bytes, json };
}
