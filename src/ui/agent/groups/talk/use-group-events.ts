import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useHosted } from '../../../state/hosted.ts';
import { EventLog } from './event-log.ts';

/** Returns what happened in a group from the event before an index on, or from the beginning, and what happens while it is looked at. */
export function useGroupEvents(groupId: string, from: number | undefined) {
  const { engine } = useHosted();
  const log = useMemo(
    () => new EventLog((before, count) => engine.groupEvents(groupId, before, count)),
    [engine, groupId],
  );
  useEffect(
    () =>
      engine.subscribe((event) => {
        if (event.type === 'group_event' && event.event.groupId === groupId) log.add(event.event);
      }),
    [engine, groupId, log],
  );
  useEffect(() => void log.reach(from), [log, from]);
  return useStore(log.store);
}
