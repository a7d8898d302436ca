import type { KeyboardEvent } from 'react';
import type { SearchView } from '../../agent/contracts/history-views.ts';
import { exchangeKey } from '../../agent/contracts/views.ts';
import { ExchangeRow } from '../agent/exchange/exchange-row.tsx';
import { formatDateTime } from '../design/format.ts';
import { formatWords } from '../design/marked-ranges.ts';
import { ConversationName } from '../frame/conversation-name.tsx';
import { type AgentPlace, talkPlace } from '../routing/agent-place.ts';
import { PlaceLink } from '../routing/place-link.tsx';
import { useHosted } from '../state/hosted.ts';

/** Of a long request or answer, as many lines as show where the words stand. */
const resultLines = 4;

interface SearchResultsProps {
  readonly pages: readonly SearchView[];
  readonly go: (place: AgentPlace) => void;
}

/** Shows the exchanges that were found, the newest first, each with a link to it. Arrows go from one to the next. */
export function SearchResults({ pages, go }: SearchResultsProps) {
  const { agentId } = useHosted();
  return (
    <ol className="search-results" aria-label="Found exchanges, the newest first" onKeyDown={moveBetweenLinks}>
      {pages.flatMap(({ exchanges, words }) =>
        exchanges.map((exchange) => (
          <ExchangeRow
            key={exchangeKey(exchange)}
            exchange={exchange}
            ownId={agentId}
            isTarget={false}
            words={words}
            lines={resultLines}
          >
            <p className="search-where muted">
              <span>
                {exchange.group !== undefined && `${exchange.group.sender} in `}
                <ConversationName conversation={exchange.peerId} />
              </span>
              <span>{formatDateTime(exchange.at)}</span>
              <PlaceLink
                className="search-open"
                go={go}
                place={{
                  ...talkPlace(exchange.peerId),
                  ...(exchange.sequence === undefined ? {} : { at: exchange.sequence }),
                  words: formatWords(words),
                }}
              >
                Open in conversation
              </PlaceLink>
            </p>
          </ExchangeRow>
        )),
      )}
    </ol>
  );
}

function moveBetweenLinks(event: KeyboardEvent<HTMLOListElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('.search-open')];
  const at = event.target instanceof HTMLElement ? links.indexOf(event.target) : -1;
  if (step === undefined || at === -1) return;
  event.preventDefault();
  links[at + step]?.focus();
}
