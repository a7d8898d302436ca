import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { ArchiveView } from '../../agent/contracts/history-views.ts';
import { exchangeKey } from '../../agent/contracts/views.ts';
import { ConversationLog } from '../agent/conversation/conversation-log.tsx';
import { ConversationPages } from '../agent/conversation/conversation-pages.ts';
import { ExchangeRow } from '../agent/exchange/exchange-row.tsx';
import { PlainSessionLine } from '../agent/sessions/session-line.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatDateTime } from '../design/format.ts';
import type { MarkedWord } from '../design/marked-ranges.ts';
import { ConversationName } from '../frame/conversation-name.tsx';
import type { AgentPlace } from '../routing/agent-place.ts';
import { PlaceLink } from '../routing/place-link.tsx';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';
import { useArchives } from './archive-list.tsx';
import './history.css';

interface ArchivePaneProps {
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

/** Shows a conversation of an imported history, to read. */
export function ArchivePane({ place, go }: ArchivePaneProps) {
  const { agentId } = useHosted();
  const { data: archives, error } = useArchives();
  const archive = archives?.find(({ archiveId }) => archiveId === place.archiveId);
  const peerId = place.peerId ?? archive?.peers[0]?.peerId;
  return (
    <section className="talk archive" aria-label={`Archive of ${agentId}`}>
      {error !== null && <FailureLine failure={failureOf(error)} />}
      {archives !== undefined && archive === undefined && (
        <div className="no-session">
          <h2 data-section="archive" tabIndex={-1}>
            This archive is not here
          </h2>
          <p className="muted">It was deleted, or it was imported into another agent or another browser.</p>
          <p>
            <PlaceLink place={{ section: 'history', tab: 'conversation' }} go={go}>
              Show what is stored
            </PlaceLink>
          </p>
        </div>
      )}
      {archive !== undefined && (
        <>
          <ArchiveHead archive={archive} peerId={peerId} go={go} />
          {peerId !== undefined && (
            <ArchivedConversation key={peerId} archive={archive} peerId={peerId} at={place.at} />
          )}
        </>
      )}
    </section>
  );
}

interface ArchiveHeadProps {
  readonly archive: ArchiveView;
  readonly peerId: string | undefined;
  readonly go: (place: AgentPlace) => void;
}

function ArchiveHead({ archive, peerId, go }: ArchiveHeadProps) {
  const { archiveId, agentId, exportedAt, peers } = archive;
  return (
    <header className="archive-head">
      <h2 data-section="archive" tabIndex={-1}>
        <span className="archive-mark">read-only</span> {agentId}
        {peerId !== undefined && (
          <>
            {' '}
            with <ConversationName conversation={peerId} />
          </>
        )}
      </h2>
      <p className="muted">
        A copy of {formatDateTime(exportedAt)}, imported from a file. Only its owner’s audit trail can prove that its
        messages are genuine.
      </p>
      {peers.length > 1 && (
        <nav className="archive-peers" aria-label="Conversations of this archive">
          {peers.map((peer) => (
            <PlaceLink
              key={peer.peerId}
              place={{ section: 'archive', archiveId, peerId: peer.peerId, tab: 'conversation' }}
              isCurrent={peer.peerId === peerId}
              go={go}
            >
              <ConversationName conversation={peer.peerId} />
            </PlaceLink>
          ))}
        </nav>
      )}
    </header>
  );
}

interface ArchivedConversationProps {
  readonly archive: ArchiveView;
  readonly peerId: string;
  readonly at: number | undefined;
}

const noWords: readonly MarkedWord[] = [];

function ArchivedConversation({ archive, peerId, at }: ArchivedConversationProps) {
  const { engine } = useHosted();
  const { archiveId, agentId } = archive;
  const pages = useMemo(
    () => new ConversationPages((before, count) => engine.archivePage(archiveId, peerId, before, count)),
    [engine, archiveId, peerId],
  );
  useEffect(() => void pages.open(at), [pages, at]);
  const { exchanges, hasOlder, hasNewer, isLoading, failure } = useStore(pages.store);
  return (
    <ConversationLog
      exchanges={exchanges}
      empty="No exchanges with this peer."
      {...(hasOlder ? { older: () => void pages.older() } : {})}
      {...(hasNewer ? { newer: () => void pages.newer() } : {})}
      isLoading={isLoading}
      {...(failure === undefined ? {} : { failure })}
      {...(at === undefined ? {} : { target: '[data-target]' })}
      line={(run) =>
        run.sessionId !== '' && <PlainSessionLine sessionId={run.sessionId} at={run.exchanges[0]?.at ?? 0} />
      }
      row={(exchange) => (
        <ExchangeRow
          key={exchangeKey(exchange)}
          exchange={exchange}
          ownId={agentId}
          words={noWords}
          isTarget={at !== undefined && exchange.sequence === at}
        />
      )}
    />
  );
}
