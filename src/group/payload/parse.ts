import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { readPlaintext } from '../../protocol/wire/attachment.ts';
import { parseMessage } from '../../protocol/wire/parse.ts';
import type { GroupPayload, ReadPayload } from './payload.ts';
import { groupPayload, longestExpiry, type PayloadMembers } from './schema.ts';

/**
 * Reads what a message of a group holds (groups page, section 6). `index` is the message's own in the log, which what its sender had
 * read is below. Throws `malformed_message`, and `message_too_large` over 16 MiB.
 */
export function parsePayload(plaintext: Bytes, index: number): ReadPayload {
  const { json, attachment } = readPlaintext(plaintext);
  const payload = payloadOf(parseMessage(groupPayload, json).value);
  if (payload.seen.index >= index) {
    throw new ParleyError('malformed_message', 'Its sender says that it had read an entry that was not there yet.');
  }
  if (payload.type === 'GROUP_REQUEST' && payload.expiresAt > payload.sentAt + longestExpiry) {
    throw new ParleyError('malformed_message', 'The request expires more than 30 days after it was sent.');
  }
  // The plaintext is a buffer of the caller's.
  return { payload, json, attachment: attachment?.slice() };
}

function payloadOf(members: PayloadMembers): GroupPayload {
  const { message_id: messageId, sent_at: sentAt, seen } = members;
  const sent = { messageId, sentAt, seen };
  switch (members.message_type) {
    case 'GROUP_MESSAGE':
      return { type: 'GROUP_MESSAGE', ...sent, content: members.content };
    case 'GROUP_REQUEST': {
      const { method, parameters, expires_at: expiresAt, to } = members;
      return { type: 'GROUP_REQUEST', ...sent, method, parameters, expiresAt, ...(to === undefined ? {} : { to }) };
    }
    case 'GROUP_RESPONSE': {
      const outcome =
        members.status === 'SUCCESS'
          ? ({ status: 'SUCCESS', result: members.result } as const)
          : ({ status: 'ERROR', error: members.error } as const);
      return { type: 'GROUP_RESPONSE', ...sent, answers: members.answers, outcome };
    }
    case 'GROUP_RECEIPT':
      return { type: 'GROUP_RECEIPT', ...sent, read: members.read };
  }
}
