import { FailureLine } from '../../design/failure-line.tsx';
import { TalkHeader } from '../sessions/talk-header.tsx';
import { useConnect } from './use-connect.ts';

/** Shows the peer of a conversation while no session with it is known. */
export function PeerHeader({ peerId }: { readonly peerId: string }) {
  const { isAtWork, failure, connect } = useConnect(peerId);
  return (
    <>
      <TalkHeader
        peerId={peerId}
        className="peer-header"
        brief="no session"
        facts={[<span key="session">no session</span>, undefined]}
        actions={
          <button type="button" className="button button-quiet" disabled={isAtWork} onClick={() => void connect()}>
            {isAtWork ? 'Connecting' : 'Connect'}
          </button>
        }
      />
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}
