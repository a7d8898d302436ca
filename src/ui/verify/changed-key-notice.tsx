import { OverlayNotice } from '../design/overlay-notice.tsx';
import { partyOf } from '../design/party.tsx';
import { useClosed } from '../design/use-closed.ts';
import { ChangedKeys } from './changed-keys.tsx';
import { GoOnUnverified } from './go-on-unverified.tsx';
import { useVerification } from './use-verification.ts';
import { VerifyButton } from './verify-button.tsx';
import './changed-key-notice.css';

/**
 * Shows that a peer's signing key is no longer the verified one, and what can be done. Nothing while all is well. Once
 * it is closed, the conversation’s line still says so, and leads to the same decision.
 */
export function ChangedKeyNotice({ peerId }: { readonly peerId: string }) {
  const view = useVerification(peerId);
  const { isClosed, close } = useClosed(view.verification === 'changed' ? view.changedKeyFingerprint : undefined);
  if (view.verification !== 'changed' || isClosed) return null;
  const { name } = partyOf(peerId);
  return (
    <OverlayNotice label={`${name}’s signing key has changed`} tone="bad" close={close}>
      <div className="changed-key-said" role="alert">
        <p className="changed-key-heading">✗ {name}’s signing key has changed. Nothing is sent until you decide.</p>
        <p>
          Requests fail until then and can be sent again afterwards. Either {name} has a new key, or somebody who is not{' '}
          {name} holds a certificate in its name: ask {name} over another channel, or leave it stopped.
        </p>
      </div>
      <ChangedKeys view={view} />
      <div className="changed-key-decisions">
        <VerifyButton
          peerId={peerId}
          className="button"
          words={{ unverified: 'Compare', verified: 'Compare', changed: 'Compare the new number' }}
        />
        <GoOnUnverified peerId={peerId} />
      </div>
    </OverlayNotice>
  );
}
