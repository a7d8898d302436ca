import { MlsError } from '../../mls/errors.ts';
import { decodePrivateMessageHead } from '../../mls/structures/mls-message.ts';
import type { PrivateMessageHead } from '../../mls/structures/private-message.ts';
import { GroupError } from '../codes.ts';

/** Bytes of a group_id (groups page, section 1). */
export const groupIdLength = 16;

/**
 * Returns the clear head of a message of a group. Throws `not_a_private_message` for any other message, by its first bytes, and for bytes
 * that are none, and `group_id_length` (groups page, section 1).
 */
export function groupMessageHead(bytes: Uint8Array): PrivateMessageHead {
  const head = decoded(bytes);
  if (head.groupId.length !== groupIdLength) throw new GroupError('group_id_length', 'A group_id has 16 bytes.');
  return head;
}

function decoded(bytes: Uint8Array): PrivateMessageHead {
  try {
    return decodePrivateMessageHead(bytes);
  } catch (cause) {
    if (!(cause instanceof MlsError)) throw cause;
    throw new GroupError('not_a_private_message', 'A message of a group is a PrivateMessage.', { cause });
  }
}
