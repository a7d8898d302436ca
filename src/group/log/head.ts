import { type Bytes, concat } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { label } from '../../protocol/wire/label.ts';
import type { ClearLists, EntryKind, LogEntry } from './entry.ts';
import { type GroupId, groupIdBytes } from './group-id.ts';

const numberOfKind = { message: 1, proposal: 2, commit: 3 } as const satisfies Record<EntryKind, number>;
const encoder = new TextEncoder();

/** Returns the head of a log before its first entry: 32 bytes (groups page, section 4). */
export function headBefore(subtle: Subtle, groupId: GroupId): Promise<Bytes> {
  return sha256(subtle, concat(label('group log'), groupIdBytes(groupId)));
}

/** Returns the head of a log after an entry, from the one before it: 32 bytes (groups page, section 4). It is the same when the message is gone. */
export async function nextHead(subtle: Subtle, previous: Bytes, entry: LogEntry): Promise<Bytes> {
  const { content, lists } = entry;
  const [sender, message, clear] = await Promise.all([
    sha256(subtle, encoder.encode(entry.sender)),
    'message' in content ? sha256(subtle, content.message) : content.messageHash,
    sha256(subtle, canonicalBytes(lists === undefined ? null : sorted(lists))),
  ]);
  const numbers = new Uint8Array(17);
  const view = new DataView(numbers.buffer);
  view.setBigUint64(0, BigInt(entry.index));
  view.setBigUint64(8, BigInt(entry.at));
  view.setUint8(16, numberOfKind[entry.kind]);
  return sha256(subtle, concat(previous, numbers, sender, message, clear));
}

/** agent_ids are ASCII, so the order of code units is that of characters. */
function sorted({ members, admins }: ClearLists): {
  readonly members: readonly string[];
  readonly admins: readonly string[];
} {
  return { members: members.toSorted(), admins: admins.toSorted() };
}
