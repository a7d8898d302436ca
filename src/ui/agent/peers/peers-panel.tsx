import { useEffect, useMemo, useRef, useState } from 'react';
import { groupOfConversation } from '../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useOneStop } from '../../design/one-stop.ts';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { roleAddress } from '../../routing/role-address.ts';
import { failureOf } from '../../state/failure.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { extentOf } from '../../state/presence.ts';
import { otherRole, roleNames } from '../../state/role-names.ts';
import { refreshMs, useIsCurrent } from '../../state/use-directory.ts';
import { peersPerPage, usePeers } from '../../state/use-peers.ts';
import { useStoredHistories } from '../../state/use-stored-histories.ts';
import { listedPeers } from './listed-peers.ts';
import { PeerRow } from './peer-row.tsx';

interface PeersPanelProps {
  readonly go: (place: AgentPlace) => void;
  /** Whom the main pane is about. */
  readonly shownPeer: string | undefined;
  /** The session in the main pane. */
  readonly shownSession: string | undefined;
}

/** Shows every other agent once, with its sessions inside: those of the directory, and those this agent talked to. */
export function PeersPanel({ go, shownPeer, shownSession }: PeersPanelProps) {
  const hosted = useHosted();
  const { agentId } = hosted;
  const [pages, setPages] = useState(1);
  const query = usePeers(hosted, { refreshMs, pages });
  const { data, error, refetch, isFetching, isPlaceholderData } = query;
  const isCurrent = useIsCurrent(query);
  const directoryVersion = useAgentState((state) => state.directoryVersion);
  useEffect(() => {
    if (directoryVersion > 0) void refetch();
  }, [directoryVersion, refetch]);
  const sessions = useAgentState((state) => state.sessions);
  const { data: histories } = useStoredHistories();
  const peers = useMemo(
    () => listedPeers(data ?? [], sessions, histories?.flatMap(withExchanges) ?? []),
    [data, sessions, histories],
  );
  const list = useRef<HTMLUListElement>(null);
  useOneStop(list, { rows: '.peer-head, .session-row', start: 'first' });
  const other = otherRole(agentId);
  const { isWhole, mayHaveMore } = extentOf(query, pages * peersPerPage);
  return (
    <section className="panel-part" aria-label={`Peers of ${agentId}`}>
      <header className="panel-head">
        <h2 className="panel-heading" data-section="peers" tabIndex={-1}>
          Peers{' '}
          <span className="panel-count">
            {(data !== undefined || peers.length > 0) && peers.length}
            {mayHaveMore && '+'}
          </span>
        </h2>
        <button
          type="button"
          className="button button-quiet"
          disabled={isFetching && data === undefined}
          onClick={() => void refetch()}
        >
          Refresh
        </button>
      </header>
      {data !== undefined && peers.length === 0 && (
        <div className="panel-empty">
          <p>Agents that registered with the Controller appear here. This one is alone so far.</p>
          <p>
            <a href={roleAddress(other)} target="_blank" rel="noreferrer">
              Open {roleNames[other]} in another tab
            </a>{' '}
            and connect to it.
          </p>
        </div>
      )}
      <ul ref={list}>
        {peers.map((peer) => (
          <PeerRow
            key={peer.peerId}
            peer={peer}
            directory={{ isCurrent, isWhole }}
            go={go}
            isShown={peer.peerId === shownPeer}
            shownSession={shownSession}
          />
        ))}
      </ul>
      {mayHaveMore && (
        <button
          type="button"
          className="button button-quiet"
          // Not `disabled`: it has the keyboard.
          aria-disabled={isPlaceholderData}
          onClick={() => {
            if (!isPlaceholderData) setPages(pages + 1);
          }}
        >
          Show more
        </button>
      )}
      {error !== null && <FailureLine failure={failureOf(error)} />}
    </section>
  );
}

/** Returns whom a stored conversation is with; nobody where it is a group's, which is listed for itself. */
function withExchanges({ peerId, exchanges }: { readonly peerId: string; readonly exchanges: number }): string[] {
  return exchanges > 0 && groupOfConversation(peerId) === undefined ? [peerId] : [];
}
