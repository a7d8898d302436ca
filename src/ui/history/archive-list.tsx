import { useQuery } from '@tanstack/react-query';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount, formatDateTime } from '../design/format.ts';
import { PartyMark } from '../design/party.tsx';
import type { AgentPlace } from '../routing/agent-place.ts';
import { PlaceLink } from '../routing/place-link.tsx';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';

interface ArchiveListProps {
  readonly changed: () => void;
  readonly go: (place: AgentPlace) => void;
}

/** Shows the histories that were imported, each with its conversations. */
export function ArchiveList({ changed, go }: ArchiveListProps) {
  const { engine } = useHosted();
  const { data: archives, error } = useArchives();
  if (error !== null) return <FailureLine failure={failureOf(error)} />;
  return (
    <ul className="history-table">
      {archives?.map(({ archiveId, agentId, exportedAt, importedAt, peers }) => (
        <li key={archiveId} className="history-archive">
          <p>
            History of <PartyMark agentId={agentId} /> <strong>{agentId}</strong>
          </p>
          <p className="history-facts muted">
            <span>exported {formatDateTime(exportedAt)}</span>
            <span>imported {formatDateTime(importedAt)}</span>
          </p>
          <ul>
            {peers.map(({ peerId, exchanges }) => (
              <li key={peerId}>
                <PartyMark agentId={peerId} />{' '}
                <PlaceLink place={{ section: 'archive', archiveId, peerId, tab: 'conversation' }} go={go}>
                  with {peerId}
                </PlaceLink>{' '}
                <span className="muted">{formatCount(exchanges, 'exchange')}</span>
              </li>
            ))}
          </ul>
          <ConfirmButton
            label="Delete"
            accessibleName={`Delete the archive of ${agentId}`}
            className="button button-danger"
            heading={`Delete the archive of ${agentId}?`}
            description="It is erased from this device. The file that it came from is not touched and can be imported again."
            confirm="Delete it"
            action={async () => {
              await engine.deleteArchive(archiveId);
              changed();
            }}
          />
        </li>
      ))}
    </ul>
  );
}

/** Returns the histories that were imported into this agent. */
export function useArchives() {
  const { engine, agentId } = useHosted();
  return useQuery({ queryKey: ['stored', agentId, 'archives'], queryFn: () => engine.archives() });
}
