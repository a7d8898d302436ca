import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount, formatSize } from '../design/format.ts';
import { PaneHead } from '../frame/pane-head.tsx';
import type { AgentPlace } from '../routing/agent-place.ts';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';
import { ArchiveList } from './archive-list.tsx';
import { ExportHistory } from './export-history.tsx';
import { ImportHistory } from './import-history.tsx';
import './history.css';
import { useChanges } from '../state/use-changes.ts';
import { useStoredHistories } from '../state/use-stored-histories.ts';
import { HistoryTable } from './history-table.tsx';
import { StorageFacts } from './storage-facts.tsx';

interface HistoryPaneProps {
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

/** What changes how much is stored, also by what other agents send. */
const followedParts = ['exchanges', 'deleted'] as const;

/** Shows which conversations this agent stores and for how long, where, and how to move them elsewhere. */
export function HistoryPane({ go }: HistoryPaneProps) {
  const { agentId } = useHosted();
  const queries = useQueryClient();
  const { data: stored, error } = useStoredHistories();
  const readAgain = useCallback(async () => {
    await Promise.all([['stored', agentId], ['storage']].map((queryKey) => queries.invalidateQueries({ queryKey })));
  }, [queries, agentId]);
  useChanges(followedParts, readAgain);
  const changed = () => void readAgain();
  const exchanges = stored?.reduce((sum, each) => sum + each.exchanges, 0) ?? 0;
  const bytes = stored?.reduce((sum, each) => sum + each.bytes, 0) ?? 0;
  return (
    <section className="talk" aria-label={`History of ${agentId}`}>
      <PaneHead
        heading="History"
        section="history"
        status={stored === undefined ? '' : `${formatCount(exchanges, 'exchange')}, ${formatSize(bytes)}, encrypted`}
      />
      <div className="history-body">
        {error !== null && <FailureLine failure={failureOf(error)} />}
        <HistorySection heading="Conversations on this device">
          {stored !== undefined && <HistoryTable stored={stored} changed={changed} go={go} />}
        </HistorySection>
        <HistorySection heading="Storage">
          <StorageFacts />
        </HistorySection>
        <HistorySection heading="Backup">
          <p>
            <strong>There is no backup of the keys, by design.</strong> Private keys are made in this browser, and no
            page can read them out of it. When the browser’s storage is cleared, nobody can be this agent again: a new
            agent needs another name, and its peers verify it again. To read your conversations elsewhere, export them:
          </p>
          <ExportHistory peers={stored?.map(({ peerId }) => peerId) ?? []} />
        </HistorySection>
        <HistorySection heading="Archives">
          <ImportHistory changed={changed} />
          <ArchiveList changed={changed} go={go} />
        </HistorySection>
      </div>
    </section>
  );
}

function HistorySection({ heading, children }: { readonly heading: string; readonly children: ReactNode }) {
  return (
    <section className="history-section" aria-label={heading}>
      <h3>{heading}</h3>
      {children}
    </section>
  );
}
