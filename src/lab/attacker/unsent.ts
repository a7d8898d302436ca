import { isMessageId } from '../../group/payload/message-id.ts';
import type { Unsent } from '../../group/payload/payload.ts';
import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { random } from '../run/world.ts';

/** Returns what every payload of the attacker's begins with. `now` is in milliseconds since 1970. */
export function sentAt(now: number): Pick<Unsent, 'messageId' | 'sentAt'> {
  const messageId = toHex(random(16));
  if (!isMessageId(messageId)) throw new ParleyError('internal_error', 'Sixteen bytes in hex are a message_id.');
  return { messageId, sentAt: Math.floor(now / 1_000) };
}

/** Returns a message to a group before anything says what its sender has read. */
export function messageAt(now: number, content: string): Unsent {
  return { type: 'GROUP_MESSAGE', ...sentAt(now), content };
}
