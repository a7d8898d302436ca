import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { Choice } from '../design/choice.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount, formatDuration } from '../design/format.ts';
import { useSlow } from '../design/use-slow.ts';
import { useFilterKey } from '../frame/filter-key.ts';
import { PaneHead } from '../frame/pane-head.tsx';
import type { AgentPlace } from '../routing/agent-place.ts';
import { useConversationNames } from '../state/conversation-names.ts';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';
import { useStoredHistories } from '../state/use-stored-histories.ts';
import './search.css';
import { formatSearch, parseSearch, type SearchFilter } from './search-filter.ts';
import { SearchIntroduction } from './search-introduction.tsx';
import { SearchResults } from './search-results.tsx';
import { useSearch } from './use-search.ts';

interface SearchPaneProps {
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

/** Finds what was said in every conversation that is kept, by words. */
export function SearchPane({ place, go }: SearchPaneProps) {
  const { agentId } = useHosted();
  const [filter, setFilter] = useFilter(place, go);
  const { data, error, isFetching, hasNextPage, fetchNextPage, isPlaceholderData } = useSearch(filter);
  const isSlow = useSlow(isFetching);
  const isAsked = filter.text.trim() !== '';
  const found = isAsked ? data?.pages : undefined;
  const first = found?.[0];
  return (
    <section className="talk search" aria-label={`Search of ${agentId}`}>
      <PaneHead heading="Search" section="search" status={summary({ isSlow, first, isAsked })} />
      <SearchBar filter={filter} change={setFilter} />
      <div className="search-body" data-stale={isPlaceholderData}>
        {error !== null && isAsked && <FailureLine failure={failureOf(error)} />}
        {!isAsked && <SearchIntroduction />}
        {first !== undefined && first.total === 0 && !isFetching && error === null && (
          <p className="search-empty muted">
            {first.words.length === 0
              ? 'This contains no word to search for. A word consists of letters and digits.'
              : 'No stored message has all of these words. Only the last one may be the beginning of a word.'}
          </p>
        )}
        {found !== undefined && <SearchResults pages={found} go={go} />}
        {hasNextPage && isAsked && (
          <button
            type="button"
            className="button search-more"
            aria-disabled={isFetching}
            onClick={() => void fetchNextPage()}
          >
            Show more
          </button>
        )}
      </div>
    </section>
  );
}

interface SearchProgress {
  readonly isSlow: boolean;
  readonly isAsked: boolean;
  readonly first: { readonly total: number; readonly durationMs: number } | undefined;
}

function summary({ isSlow, first, isAsked }: SearchProgress): string {
  if (!isAsked) return '';
  if (isSlow) return 'Searching';
  return first === undefined ? '' : `${formatCount(first.total, 'exchange')} in ${formatDuration(first.durationMs)}`;
}

interface SearchBarProps {
  readonly filter: SearchFilter;
  readonly change: (next: SearchFilter) => void;
}

function SearchBar({ filter, change }: SearchBarProps) {
  const box = useFilterKey();
  const id = useId();
  const { data = [] } = useStoredHistories();
  const nameOf = useConversationNames();
  const toFirst = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    event.currentTarget.closest('.search')?.querySelector<HTMLElement>('.search-open')?.focus();
  };
  return (
    <search className="search-bar">
      <label htmlFor={id} className="visually-hidden">
        Words
      </label>
      <input
        id={id}
        ref={box}
        className="input"
        type="search"
        value={filter.text}
        placeholder="words in any conversation"
        aria-keyshortcuts="/"
        autoComplete="off"
        spellCheck={false}
        onKeyDown={toFirst}
        onChange={(event) => change({ ...filter, text: event.target.value })}
      />
      <Choice
        label="Peer"
        value={filter.peer}
        values={data.map(({ peerId }) => peerId)}
        nameOf={nameOf}
        onChange={(peer) => change({ ...filter, peer })}
      />
    </search>
  );
}

/** Returns the search as it is being typed, which follows the address and writes itself into it. */
function useFilter(place: AgentPlace, go: (place: AgentPlace) => void) {
  const [filter, setFilter] = useState(() => parseSearch(place.filter));
  const written = formatSearch(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address changes without the search when one goes back
  useEffect(() => {
    if ((place.filter ?? '') !== written) setFilter(parseSearch(place.filter));
  }, [place.filter]);
  const change = (next: SearchFilter) => {
    setFilter(next);
    const query = formatSearch(next);
    go({ section: 'search', tab: 'conversation', ...(query === '' ? {} : { filter: query }) });
  };
  return [filter, change] as const;
}
