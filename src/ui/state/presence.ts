import type { PeerView } from '../../agent/contracts/views.ts';

/**
 * What is known of a peer now. `revoked` lasts. `unlisted`: the directory has no such agent. `unknown`: it cannot be asked, or this page
 * has read only a part of it.
 */
export type Presence = 'online' | 'offline' | 'revoked' | 'unlisted' | 'unknown';

/** What was read of the directory. */
interface DirectoryRead {
  readonly data: readonly unknown[] | undefined;
  /** The entries are those of an earlier read, of fewer pages. */
  readonly isPlaceholderData: boolean;
}

/** Returns whether all of the directory was read, and whether it may have more, by a read of at most `most` entries. */
export function extentOf({ data, isPlaceholderData }: DirectoryRead, most: number) {
  if (data === undefined) return { isWhole: false, mayHaveMore: false };
  const mayHaveMore = isPlaceholderData || data.length >= most;
  return { isWhole: !mayHaveMore, mayHaveMore };
}

/** Returns what is known of a peer; `isWhole` when every page of the directory was read. */
export function presenceOf(
  entry: Pick<PeerView, 'online' | 'status'> | undefined,
  { isCurrent, isWhole }: { readonly isCurrent: boolean; readonly isWhole: boolean },
): Presence {
  if (entry?.status === 'revoked') return 'revoked';
  if (!isCurrent) return 'unknown';
  if (entry === undefined) return isWhole ? 'unlisted' : 'unknown';
  return entry.online ? 'online' : 'offline';
}

/** Returns why a session with such a peer cannot be made now; undefined when it can be tried. */
export function obstacleOf(peerId: string, presence: Presence, isCurrent: boolean): string | undefined {
  if (presence === 'revoked') return `${peerId} was revoked: nobody can talk to it any more.`;
  if (presence === 'unlisted') return `The directory does not list ${peerId}.`;
  return isCurrent ? undefined : 'The directory cannot be asked at the moment.';
}
