import { isMessageId, type MessageId } from '../message-id.ts';

/** Returns a message_id of one byte, again and again. */
export function messageIdOf(byte: number): MessageId {
  const text = byte.toString(16).padStart(2, '0').repeat(16);
  if (!isMessageId(text)) throw new Error(`${byte} is no byte.`);
  return text;
}
