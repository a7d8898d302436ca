import { FailureOverlay } from '../../design/failure-overlay.tsx';
import { usePresence } from '../../state/use-directory.ts';
import { TalkHeader } from '../sessions/talk-header.tsx';
import { PeerPresence } from './peer-presence.tsx';
import { useConnect } from './use-connect.ts';

/** Shows the peer of a conversation while no session with it is known. */
export function PeerHeader({ peerId }: { readonly peerId: string }) {
  const { isAtWork, failure, connect } = useConnect(peerId);
  const presence = usePresence(peerId);
  const isRevoked = presence === 'revoked';
  const standing = isRevoked ? <PeerPresence presence={presence} /> : 'no session';
  return (
    <>
      <TalkHeader
        peerId={peerId}
        className="peer-header"
        brief={isRevoked ? standing : 'no open session'}
        facts={[<span key="session">{standing}</span>, undefined]}
        actions={
          isRevoked ? undefined : (
            <button
              type="button"
              className="button button-quiet"
              disabled={isAtWork || presence === 'unlisted'}
              onClick={() => void connect()}
            >
              {isAtWork ? 'Connecting' : 'Connect'}
            </button>
          )
        }
      />
      <FailureOverlay failure={failure} />
    </>
  );
}
