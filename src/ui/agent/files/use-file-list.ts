import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useHosted } from '../../state/hosted.ts';
import { FileList } from './file-list.ts';

/**
 * Returns the files with a peer from a time on (milliseconds since 1970), or the newest page of them, as they move, and how to read
 * another page.
 */
export function useFileList(peerId: string, since: number | undefined) {
  const { engine } = useHosted();
  const list = useMemo(
    () => new FileList((from) => engine.files({ peerId, ...(from === undefined ? {} : { from }) })),
    [engine, peerId],
  );
  useEffect(
    () =>
      engine.subscribe((event) => {
        if (event.type === 'file' && event.file.peerId === peerId) list.put(event.file);
        else if (event.type === 'files_gone') list.remove(event.ids);
      }),
    [engine, peerId, list],
  );
  useEffect(() => void list.reach(since), [list, since]);
  return { ...useStore(list.store), older: () => list.reach() };
}
