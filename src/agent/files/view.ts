import type { StoredFile } from '../contracts/file-store.ts';
import type { FileView } from '../contracts/file-views.ts';

/** Returns a file as it is shown. */
export function fileView(file: StoredFile, moved: number, rate: number | undefined): FileView {
  const { id, peerId, direction, name, mediaType, size, at, status, hash, error } = file;
  const pausedBy = pausedByOf(file);
  return {
    id,
    peerId,
    direction,
    name,
    mediaType,
    size,
    at,
    status,
    ...(status === 'paused' && pausedBy !== undefined ? { pausedBy } : {}),
    moved: Math.min(moved, size),
    ...(rate === undefined ? {} : { rate }),
    ...(hash === undefined ? {} : { hash }),
    ...(error === undefined ? {} : { error }),
  };
}

function pausedByOf({ pausedHere, pausedThere }: StoredFile): FileView['pausedBy'] {
  if (pausedHere) return pausedThere ? 'both' : 'here';
  return pausedThere ? 'there' : undefined;
}
