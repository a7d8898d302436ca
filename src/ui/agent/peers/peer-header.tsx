import { FailureLine } from '../../design/failure-line.tsx';
import { PartyMark } from '../../design/party.tsx';
import { VerifyButton } from '../../verify/verify-button.tsx';
import { useConnect } from './use-connect.ts';

/** Shows the peer of a conversation while no session with it is known. */
export function PeerHeader({ peerId }: { readonly peerId: string }) {
  const { isAtWork, failure, connect } = useConnect(peerId);
  return (
    <>
      <header className="session-header peer-header">
        <h2>
          <PartyMark agentId={peerId} /> {peerId}
        </h2>
        <div className="session-header-facts muted">
          <span>no session</span>
          <VerifyButton
            peerId={peerId}
            className="session-verify"
            words={{ unverified: 'not verified', verified: 'verified ✓', changed: 'key changed ✗' }}
          />
        </div>
        <div className="session-header-actions">
          <button type="button" className="button button-quiet" disabled={isAtWork} onClick={() => void connect()}>
            {isAtWork ? 'Connecting' : 'Begin a session'}
          </button>
        </div>
      </header>
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}
