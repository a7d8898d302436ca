import { useQuery } from '@tanstack/react-query';
import { useHosted } from './hosted.ts';

/** Returns the query for what is stored of each peer's conversation, read once for all who show it. */
export function useStoredHistories() {
  const { engine, agentId } = useHosted();
  return useQuery({ queryKey: ['stored', agentId, 'histories'], queryFn: () => engine.keptHistories() });
}
