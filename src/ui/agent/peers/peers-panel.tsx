import { useEffect, useState } from 'react';
import type { PeerView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { PartyMark, partyOf } from '../../design/party.tsx';
import { type AgentPlace, agentAddress } from '../../routing/agent-place.ts';
import { failureOf } from '../../state/failure.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { isRealNetwork } from '../../state/network.ts';
import { useVerification } from '../../verify/use-verification.ts';
import { VerifyButton } from '../../verify/verify-button.tsx';
import { otherAgent } from './other-agent.ts';
import './peers-panel.css';
import { shortFingerprint } from '../../design/short-fingerprint.ts';
import { PlaceLink } from '../../routing/place-link.tsx';
import { peersPerPage, usePeers } from '../../state/use-peers.ts';
import { useConnect } from './use-connect.ts';

/** Milliseconds between looks at the directory while the page is in view. */
const refreshMs = isRealNetwork ? 30_000 : 5_000;

/** Shows the Controller's directory of every other agent, and how to open a session with each. */
export function PeersPanel({ go }: { readonly go: (place: AgentPlace) => void }) {
  const hosted = useHosted();
  const { agentId } = hosted;
  const [pages, setPages] = useState(1);
  const { data, error, refetch, isFetching } = usePeers(hosted, { refreshMs, pages });
  const directoryVersion = useAgentState((state) => state.directoryVersion);
  useEffect(() => {
    if (directoryVersion > 0) void refetch();
  }, [directoryVersion, refetch]);
  const other = otherAgent(agentId);
  const peers = data?.toSorted(byPresence);
  const mayHaveMore = data !== undefined && data.length >= pages * peersPerPage;
  return (
    <section className="panel panel-peers" aria-label={`Peers of ${agentId}`}>
      <header className="panel-head">
        <h2 className="panel-heading" data-section="peers" tabIndex={-1}>
          Peers{' '}
          <span className="panel-count">
            {peers?.length}
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
      {error !== null && <FailureLine failure={failureOf(error)} />}
      {peers?.length === 0 && (
        <div className="panel-empty">
          <p>Agents that registered with the Controller appear here. This one is alone so far.</p>
          <p>
            <a href={agentAddress(other)} target="_blank" rel="noreferrer">
              Open {partyOf(other).name} in another tab
            </a>{' '}
            and connect to it.
          </p>
        </div>
      )}
      <ul>
        {peers?.map((peer) => (
          <Peer key={peer.agentId} peer={peer} go={go} />
        ))}
      </ul>
      {mayHaveMore && (
        <button type="button" className="button button-quiet" onClick={() => setPages(pages + 1)}>
          Show more
        </button>
      )}
    </section>
  );
}

function Peer({ peer, go }: { readonly peer: PeerView; readonly go: (place: AgentPlace) => void }) {
  const place: AgentPlace = { section: 'talk', peerId: peer.agentId, tab: 'conversation' };
  const { isAtWork, failure, connect } = useConnect(peer.agentId, () => go(place));
  const isOpen = useAgentState(({ sessions }) =>
    sessions.some(({ peerId, status }) => peerId === peer.agentId && status === 'ESTABLISHED'),
  );
  return (
    <li className="peer">
      <div className="peer-row">
        <p className="peer-name" title={`${peer.agentId} at ${peer.address}`}>
          <PartyMark agentId={peer.agentId} />{' '}
          <PlaceLink place={place} go={go}>
            {peer.agentId}
          </PlaceLink>
        </p>
        {!isOpen ? (
          <button
            type="button"
            className="button peer-action"
            disabled={isAtWork || peer.status === 'revoked'}
            aria-label={`Connect to ${peer.agentId}`}
            onClick={() => void connect()}
          >
            {isAtWork ? 'Connecting' : 'Connect'}
          </button>
        ) : (
          <button
            type="button"
            className="button button-quiet peer-action"
            aria-label={`Talk to ${peer.agentId}`}
            onClick={() => go(place)}
          >
            Talk
          </button>
        )}
      </div>
      <p className="peer-facts small muted">
        <Presence peer={peer} />
        {peer.status === 'active' && (
          <VerifyButton
            peerId={peer.agentId}
            className="peer-verify"
            words={{ unverified: 'Verify', verified: 'verified ✓', changed: 'changed ✗' }}
          />
        )}
        <code title={`signing certificate, SHA-256: ${peer.signingFingerprint}`}>
          {shortFingerprint(peer.signingFingerprint)}
        </code>
      </p>
      <ChangedKeyLine peerId={peer.agentId} />
      {failure !== undefined && <FailureLine failure={failure} />}
    </li>
  );
}

function ChangedKeyLine({ peerId }: { readonly peerId: string }) {
  if (useVerification(peerId).verification !== 'changed') return null;
  return (
    <p className="peer-changed">{partyOf(peerId).name}’s signing key has changed. Nothing is sent until you decide.</p>
  );
}

function Presence({ peer }: { readonly peer: PeerView }) {
  if (peer.status === 'revoked') return <span className="peer-revoked">✕ revoked</span>;
  return peer.online ? <span className="peer-online">● online</span> : <span>○ offline</span>;
}

function byPresence(a: PeerView, b: PeerView): number {
  return rank(a) - rank(b) || a.agentId.localeCompare(b.agentId);
}

function rank({ online, status }: PeerView): number {
  if (status === 'revoked') return 2;
  return online ? 0 : 1;
}
