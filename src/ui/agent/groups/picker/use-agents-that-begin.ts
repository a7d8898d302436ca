import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { PeerView } from '../../../../agent/contracts/views.ts';
import { predecessor } from '../../../state/free-names.ts';
import { useHosted } from '../../../state/hosted.ts';

/** Agents of a page. */
const pageSize = 20;

/** Returns the agents of the directory whose agent_id begins with a text, page by page; all of them when it is empty. */
export function useAgentsThatBegin(text: string) {
  const { engine, agentId } = useHosted();
  return useInfiniteQuery({
    queryKey: ['peers that begin', agentId, text],
    queryFn: ({ pageParam }) => engine.peers({ after: pageParam, limit: pageSize }),
    initialPageParam: text === '' ? '' : predecessor(text),
    getNextPageParam: (last) => {
      const end = last.at(-1)?.agentId;
      // The directory is in order: behind one that begins otherwise none begins so.
      return last.length === pageSize && end?.startsWith(text) === true ? end : undefined;
    },
    select: ({ pages }): readonly PeerView[] => pages.flat().filter((peer) => peer.agentId.startsWith(text)),
    placeholderData: keepPreviousData,
  });
}
