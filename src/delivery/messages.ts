import type { EntryKind } from '../group/log/entry.ts';
import type { GroupId } from '../group/log/group-id.ts';
import { MlsError } from '../mls/errors.ts';
import type { ContentType } from '../mls/structures/enumerations.ts';
import { decodePrivateMessageHead } from '../mls/structures/mls-message.ts';
import type { PrivateMessageHead } from '../mls/structures/private-message.ts';
import { toHex } from '../protocol/bytes.ts';
import { malformed } from './refusals.ts';

const contentOf = {
  message: 'application',
  proposal: 'proposal',
  commit: 'commit',
} as const satisfies Record<EntryKind, ContentType>;

/** Version mls10 and wire format mls_welcome (RFC 9420, section 6). */
const welcomeHead = [0, 1, 0, 3];

/** Checks the clear head of an entry's message: version, wire format, group and content type. Throws `malformed_message`. */
export function checkMessage(message: Uint8Array, kind: EntryKind, groupId: GroupId): void {
  const head = headOf(message);
  if (toHex(head.groupId) !== groupId) throw malformed('The message is of another group.');
  if (head.contentType !== contentOf[kind]) throw malformed('The content of the message does not fit its kind.');
}

/** Checks that bytes begin as a Welcome does. Throws `malformed_message`. */
export function checkWelcome(message: Uint8Array): void {
  if (message.length > welcomeHead.length && welcomeHead.every((byte, i) => message[i] === byte)) return;
  throw malformed('The Welcome is no MLSMessage with a Welcome.');
}

function headOf(message: Uint8Array): PrivateMessageHead {
  try {
    return decodePrivateMessageHead(message);
  } catch (cause) {
    if (!(cause instanceof MlsError)) throw cause;
    throw malformed('The message is no PrivateMessage of MLS.');
  }
}
