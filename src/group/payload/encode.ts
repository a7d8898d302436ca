import type { Bytes } from '../../protocol/bytes.ts';
import { encodePlaintext } from '../../protocol/wire/attachment.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { GroupPayload } from './payload.ts';

/**
 * Returns the plaintext of a payload, padded (groups page, section 6). Only a GROUP_MESSAGE takes bytes beside it. Throws
 * `malformed_message` for what JSON cannot say, `message_too_large`.
 */
export function encodePayload(payload: GroupPayload, attachment?: Bytes): Bytes {
  return encodePlaintext(membersOf(payload), attachment);
}

function membersOf(payload: GroupPayload): JsonObject {
  const { messageId, sentAt, seen } = payload;
  const sent = {
    message_type: payload.type,
    message_id: messageId,
    sent_at: sentAt,
    seen: { index: seen.index, head: encodeBase64(seen.head) },
  };
  switch (payload.type) {
    case 'GROUP_MESSAGE':
      return { ...sent, content: payload.content };
    case 'GROUP_REQUEST': {
      const { method, parameters, expiresAt, to } = payload;
      return { ...sent, method, parameters, expires_at: expiresAt, ...(to === undefined ? {} : { to }) };
    }
    case 'GROUP_RESPONSE':
      return { ...sent, answers: payload.answers, ...payload.outcome };
    case 'GROUP_RECEIPT':
      return { ...sent, read: payload.read };
  }
}
