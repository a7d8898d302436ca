import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import type { FailureView, SafetyNumberView, VerificationView } from '../../agent/contracts/views.ts';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatDateTime } from '../design/format.ts';
import { partyOf } from '../design/party.tsx';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';
import { ChangedKeys } from './changed-keys.tsx';
import { CompareField } from './compare-field.tsx';
import { compareNumbers, groupsOf } from './compare-numbers.ts';
import { GoOnUnverified } from './go-on-unverified.tsx';
import { SafetyDigits } from './safety-digits.tsx';
import { useVerification } from './use-verification.ts';
import './verify-peer.css';
import { lazyView } from '../frame/lazy-view.tsx';

const QrCode = lazyView(async () => (await import('./qr-code.tsx')).QrCode);

interface VerifyPeerProps {
  readonly peerId: string;
  readonly close: () => void;
}

/** Shows the safety number with a peer, ways to compare it, and what to do then. */
export function VerifyPeer({ peerId, close }: VerifyPeerProps) {
  const { engine, agentId } = useHosted();
  const view = useVerification(peerId);
  const { data, error } = useQuery({
    // Another key has another number.
    queryKey: ['safety-number', agentId, peerId, view.changedKeyFingerprint],
    queryFn: () => engine.safetyNumber(peerId),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="verify">
      {view.verification === 'changed' && <ChangedKeys view={view} />}
      {error !== null && <FailureLine failure={failureOf(error)} />}
      {data === undefined ? (
        error === null && <p className="muted verify-working">Computing the digits: 10,400 rounds of SHA-512.</p>
      ) : (
        <ShownNumber key={data.digits} number={data} view={view} close={close} />
      )}
    </div>
  );
}

interface ShownNumberProps {
  readonly number: SafetyNumberView;
  readonly view: VerificationView;
  readonly close: () => void;
}

function ShownNumber({ number: { digits, peerId, keyFingerprint }, view, close }: ShownNumberProps) {
  const { agentId } = useHosted();
  const [pasted, setPasted] = useState('');
  const comparison = compareNumbers(digits, pasted);
  const isChanged = view.verification === 'changed';
  return (
    <>
      {isChanged && <h3 className="verify-subheading">The number with the new key</h3>}
      <div className="verify-number">
        <SafetyDigits
          digits={digits}
          agentIds={[agentId, peerId]}
          differing={comparison.outcome === 'differs' ? comparison.groups : []}
        />
        <div className="verify-side">
          <Suspense fallback={<div className="verify-qr" />}>
            <QrCode text={digits} label="QR code of the same 60 digits, to scan from the other screen" />
          </Suspense>
          <CopyButton text={() => groupsOf(digits).join(' ')} label="the safety number" />
        </div>
      </div>
      <p className="small muted">
        Both sides see the same digits. Read them to each other, {partyOf(agentId).name} one half and{' '}
        {partyOf(peerId).name} the other, or scan the code. A chat works too, if the Controller’s operator cannot change
        its messages.
      </p>
      <CompareField text={pasted} change={setPasted} comparison={comparison} />
      <Decisions view={view} keyFingerprint={keyFingerprint} differs={comparison.outcome === 'differs'} close={close} />
    </>
  );
}

interface DecisionsProps {
  readonly view: VerificationView;
  readonly keyFingerprint: string;
  readonly differs: boolean;
  readonly close: () => void;
}

function Decisions({ view, keyFingerprint, differs, close }: DecisionsProps) {
  const { engine } = useHosted();
  const [failure, setFailure] = useState<FailureView>();
  const { peerId, verification, verifiedAt = 0 } = view;
  const mark = async () => {
    setFailure(undefined);
    try {
      await engine.markVerified(peerId, keyFingerprint);
    } catch (cause) {
      setFailure(failureOf(cause));
    }
  };
  return (
    <>
      {failure !== undefined && <FailureLine failure={failure} />}
      <div className="verify-decisions">
        {verification === 'verified' ? (
          <>
            <p className="verify-standing" role="status">
              verified ✓ <span className="muted">{formatDateTime(verifiedAt)}</span>
            </p>
            <ConfirmButton
              label="Remove the mark"
              heading={`Remove the mark from ${partyOf(peerId).name}?`}
              description="The agent then no longer notices when the Controller certifies another key for this peer. Sessions stay open."
              confirm="Remove the mark"
              action={() => engine.clearVerification(peerId)}
            />
          </>
        ) : (
          <button type="button" className="button button-primary" disabled={differs} onClick={() => void mark()}>
            {verification === 'changed' ? 'Mark the new key as verified' : 'Mark as verified'}
          </button>
        )}
        {verification === 'changed' && <GoOnUnverified peerId={peerId} />}
        <button type="button" className="button" onClick={close}>
          {verification === 'changed' ? 'Leave it stopped' : 'Close'}
        </button>
      </div>
    </>
  );
}
