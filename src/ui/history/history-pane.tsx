import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount, formatSize } from '../design/format.ts';
import { PaneHead } from '../frame/pane-head.tsx';
import type { Place } from '../routing/agent-place.ts';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';
import { Archives } from './archives.tsx';
import { ExportHistory } from './export-history.tsx';
import { ImportHistory } from './import-history.tsx';
import './history.css';
import { useChanges } from '../state/use-changes.ts';
import { KeptTable } from './history-table.tsx';
import { StorageFacts } from './storage-facts.tsx';

interface HistoryPaneProps {
  readonly place: Place;
  readonly go: (place: Place) => void;
}

/** What changes how much is kept, also by what other agents send. */
const keptParts = ['exchanges', 'deleted'] as const;

/** What this agent keeps of its conversations and for how long, where it is kept, and how to bring it elsewhere. */
export function HistoryPane({ go }: HistoryPaneProps) {
  const { engine, agentId } = useHosted();
  const queries = useQueryClient();
  const { data: kept, error } = useQuery({
    queryKey: ['kept', agentId, 'histories'],
    queryFn: () => engine.keptHistories(),
  });
  const readAgain = useCallback(async () => {
    await Promise.all([['kept', agentId], ['storage']].map((queryKey) => queries.invalidateQueries({ queryKey })));
  }, [queries, agentId]);
  useChanges(keptParts, readAgain);
  const changed = () => void readAgain();
  const exchanges = kept?.reduce((sum, each) => sum + each.exchanges, 0) ?? 0;
  const bytes = kept?.reduce((sum, each) => sum + each.bytes, 0) ?? 0;
  return (
    <section className="talk kept" aria-label={`History of ${agentId}`}>
      <PaneHead
        heading="History"
        section="history"
        status={kept === undefined ? '' : `${formatCount(exchanges, 'exchange')}, ${formatSize(bytes)}, encrypted`}
      />
      <div className="kept-body">
        {error !== null && <FailureLine failure={failureOf(error)} />}
        <KeptSection heading="Conversations on this device">
          {kept !== undefined && <KeptTable kept={kept} changed={changed} go={go} />}
        </KeptSection>
        <KeptSection heading="Storage">
          <StorageFacts />
        </KeptSection>
        <KeptSection heading="Backup">
          <p>
            <strong>There is no backup of the keys, by design.</strong> Private keys are made in this browser, and no
            page can read them out of it. When the browser’s storage is cleared, nobody can be this agent again; a new
            one takes its place, and peers verify it anew. What was said can be taken along:
          </p>
          <ExportHistory peers={kept?.map(({ peerId }) => peerId) ?? []} />
        </KeptSection>
        <KeptSection heading="Archives">
          <ImportHistory changed={changed} />
          <Archives changed={changed} go={go} />
        </KeptSection>
      </div>
    </section>
  );
}

function KeptSection({ heading, children }: { readonly heading: string; readonly children: ReactNode }) {
  return (
    <section className="kept-section" aria-label={heading}>
      <h3>{heading}</h3>
      {children}
    </section>
  );
}
