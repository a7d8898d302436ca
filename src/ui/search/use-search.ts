import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useHosted } from '../state/hosted.ts';
import type { SearchFilter } from './search-filter.ts';

/** Exchanges shown at a time. */
const pageSize = 25;
/** Milliseconds that typing must rest before a search begins. */
const restMs = 150;

/** Returns what a search finds, page by page. An answer to what is no longer looked for is dropped. */
export function useSearch(typed: SearchFilter) {
  const { engine, agentId } = useHosted();
  const { text, peer } = useRested(typed);
  return useInfiniteQuery({
    queryKey: ['stored', agentId, 'search', text, peer],
    queryFn: ({ pageParam }) =>
      engine.search({ text, ...(peer === '' ? {} : { peerId: peer }), offset: pageParam, count: pageSize }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = pages.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
      return shown < last.total && last.exchanges.length > 0 ? shown : undefined;
    },
    enabled: text.trim() !== '' && typed.text.trim() !== '',
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

/** Returns the search that is typed, once typing has paused. */
function useRested(typed: SearchFilter): SearchFilter {
  const [rested, setRested] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setRested(typed), restMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return rested;
}
