import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { EntryBody } from './entry/entries.ts';

/** What a commit did, by agent_ids. */
interface NotedChange {
  readonly by: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly left: readonly string[];
  readonly rejoined: readonly string[];
  readonly renamed?: string | undefined;
  readonly admins?: readonly string[] | undefined;
  readonly because?: 'revoked' | 'expired' | undefined;
}

/** An entry of a group's log, as an agent has taken it in. */
export interface GroupNote {
  readonly groupId: string;
  readonly entry: {
    readonly index: number;
    readonly kind: 'message' | 'proposal' | 'commit';
    readonly sender: string;
    /** The message, or H of it where the service has dropped it. */
    readonly content: { readonly message: Bytes } | { readonly messageHash: Bytes };
    /** Unix seconds. */
    readonly at: number;
    readonly lists?: { readonly members: readonly string[]; readonly admins: readonly string[] };
  };
  /** The log's head after it: 32 bytes. */
  readonly head: Bytes;
  readonly epoch: number;
  /** The code for which everybody skips it. */
  readonly skipped?: string | undefined;
  /** Of a commit that was applied; `by` alone of one that was skipped, when its signature was verified. */
  readonly change?: NotedChange | undefined;
  readonly by?: string | undefined;
  /** Of a message that could be read. */
  readonly payload?: { readonly type: GroupType; readonly messageId: string } | undefined;
}

type GroupType = 'GROUP_MESSAGE' | 'GROUP_REQUEST' | 'GROUP_RESPONSE' | 'GROUP_RECEIPT';

/** About how many characters an entry takes, without names. */
export const groupNoteSize = 600;

/** Returns the entry of the trail that says what was taken in. */
export async function groupEntryOf(subtle: Subtle, note: GroupNote): Promise<EntryBody> {
  const { groupId: group_id, entry, head, epoch, skipped, change, payload, by = change?.by } = note;
  const { content, lists } = entry;
  const sorted = lists === undefined ? null : { members: lists.members.toSorted(), admins: lists.admins.toSorted() };
  const [digest, listsHash] = await Promise.all([
    'message' in content ? sha256(subtle, content.message) : content.messageHash,
    sha256(subtle, canonicalBytes(sorted)),
  ]);
  const logged = {
    ...{ group_id, log_index: entry.index, logged_at: entry.at, sender: entry.sender },
    ...{ digest: toHex(digest), lists: toHex(listsHash), head: toHex(head), epoch },
    ...(skipped === undefined ? {} : { skipped }),
  };
  if (entry.kind !== 'commit') {
    const read = payload === undefined ? {} : { type: payload.type, message_id: payload.messageId };
    return { kind: 'group_message', ...logged, of: entry.kind, ...read };
  }
  return {
    kind: 'group_commit',
    ...logged,
    ...(by === undefined ? {} : { by }),
    ...(change === undefined ? {} : membersOf(change)),
    ...(entry.index === 0 && skipped === undefined ? { created: true } : {}),
  };
}

function membersOf({ added, removed, left, rejoined, renamed, admins, because }: NotedChange) {
  const named = (name: string, who: readonly string[]) => (who.length === 0 ? {} : { [name]: [...who] });
  return {
    ...{ ...named('added', added), ...named('removed', removed) },
    ...{ ...named('left', left), ...named('rejoined', rejoined) },
    ...(renamed === undefined ? {} : { renamed: cutText(renamed, 600) }),
    ...(admins === undefined ? {} : { admins: [...admins] }),
    ...(because === undefined ? {} : { because }),
  };
}
