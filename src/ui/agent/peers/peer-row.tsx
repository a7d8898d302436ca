import { useId, useState } from 'react';
import { FailureLine } from '../../design/failure-line.tsx';
import { formatCount } from '../../design/format.ts';
import { PartyMark, partyOf } from '../../design/party.tsx';
import { shortFingerprint } from '../../design/short-fingerprint.ts';
import { UnreadMark } from '../../frame/unread-mark.tsx';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { PlaceLink } from '../../routing/place-link.tsx';
import { useHosted } from '../../state/hosted.ts';
import { obstacleOf, presenceOf } from '../../state/presence.ts';
import { useVerification } from '../../verify/use-verification.ts';
import { VerifyButton } from '../../verify/verify-button.tsx';
import { PeerSessions } from '../sessions/peer-sessions.tsx';
import type { ListedPeer } from './listed-peers.ts';
import { PeerPresence } from './peer-presence.tsx';
import './peer-row.css';
import { useConnect } from './use-connect.ts';

/** What is known of the directory: whether its answer holds now, and whether all of it was read. */
interface DirectoryState {
  readonly isCurrent: boolean;
  readonly isWhole: boolean;
}

interface PeerRowProps {
  readonly peer: ListedPeer;
  readonly directory: DirectoryState;
  readonly go: (place: AgentPlace) => void;
  /** The main pane is about this peer: its sessions are open until the person closes them. */
  readonly isShown: boolean;
  /** The session in the main pane. */
  readonly shownSession: string | undefined;
}

/** Shows a peer: who it is, whether it can be reached, whether its key is verified, and its sessions inside. */
export function PeerRow({ peer, directory, go, isShown, shownSession }: PeerRowProps) {
  const { peerId, entry, sessions } = peer;
  const { agentId } = useHosted();
  const place: AgentPlace = { section: 'talk', peerId, tab: 'conversation' };
  const [chosen, setChosen] = useState<boolean>();
  const isOpen = sessions.length > 0 && (chosen ?? isShown);
  const sessionsId = useId();
  const count = formatCount(sessions.length, 'session');
  const presence = presenceOf(entry, directory);
  return (
    <li className="peer" data-shown={isShown || undefined}>
      <div className="peer-head" data-shown={isShown || undefined}>
        <div className="peer-row">
          {sessions.length > 0 && (
            <button
              type="button"
              className="peer-toggle"
              aria-expanded={isOpen}
              aria-controls={sessionsId}
              data-section={isShown ? 'sessions' : undefined}
              aria-label={`${count} with ${peerId}`}
              title={count}
              onClick={() => setChosen(!isOpen)}
            >
              <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
            </button>
          )}
          <p className="peer-name" title={entry === undefined ? peerId : `${peerId} at ${entry.address}`}>
            <PartyMark agentId={peerId} />{' '}
            <PlaceLink place={place} go={go} isCurrent={isShown && shownSession === undefined}>
              {peerId}
            </PlaceLink>
            <UnreadMark agentId={agentId} peerId={peerId} />
          </p>
          <PeerAction peer={peer} obstacle={obstacleOf(peerId, presence, directory.isCurrent)} go={go} place={place} />
        </div>
        <p className="peer-facts small muted">
          <PeerPresence presence={presence} />
          {entry?.status !== 'revoked' && (
            <VerifyButton
              peerId={peerId}
              className="peer-verify"
              words={{ unverified: 'Verify', verified: 'verified ✓', changed: 'changed ✗' }}
            />
          )}
          {entry !== undefined && (
            <code title={`signing certificate, SHA-256: ${entry.signingFingerprint}`}>
              {shortFingerprint(entry.signingFingerprint)}
            </code>
          )}
        </p>
      </div>
      <ChangedKeyLine peerId={peerId} />
      <div id={sessionsId} className="peer-inside" hidden={!isOpen}>
        {isOpen && <PeerSessions peerId={peerId} sessions={sessions} shown={shownSession} go={go} />}
      </div>
    </li>
  );
}

interface PeerActionProps {
  readonly peer: ListedPeer;
  /** Why no session can be made. */
  readonly obstacle: string | undefined;
  readonly go: (place: AgentPlace) => void;
  readonly place: AgentPlace;
}

/** Shows the one thing to do with a peer: begin a session, or continue the conversation of an open one. */
function PeerAction({ peer: { peerId, entry, sessions }, obstacle, go, place }: PeerActionProps) {
  const { isAtWork, failure, connect } = useConnect(peerId, () => go(place));
  if (sessions.some(({ status }) => status === 'ESTABLISHED')) {
    return (
      <button
        type="button"
        className="button button-quiet peer-action"
        aria-label={`Talk to ${peerId}`}
        onClick={() => go(place)}
      >
        Talk
      </button>
    );
  }
  if (entry?.status === 'revoked') return null;
  return (
    <>
      <button
        type="button"
        className="button peer-action"
        disabled={isAtWork || obstacle !== undefined}
        title={obstacle}
        aria-label={`Connect to ${peerId}`}
        onClick={() => void connect()}
      >
        {isAtWork ? 'Connecting' : 'Connect'}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}

function ChangedKeyLine({ peerId }: { readonly peerId: string }) {
  if (useVerification(peerId).verification !== 'changed') return null;
  return (
    <p className="peer-changed">{partyOf(peerId).name}’s signing key has changed. Nothing is sent until you decide.</p>
  );
}
