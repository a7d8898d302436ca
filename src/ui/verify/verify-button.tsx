import { Suspense, useState } from 'react';
import type { Verification } from '../../agent/contracts/views.ts';
import { Modal } from '../design/modal.tsx';
import { partyOf } from '../design/party.tsx';
import { useVerification } from './use-verification.ts';
import './verify-button.css';
import { lazyView } from '../frame/lazy-view.tsx';

const VerifyPeer = lazyView(async () => (await import('./verify-peer.tsx')).VerifyPeer);

interface VerifyButtonProps {
  readonly peerId: string;
  readonly className: string;
  /** What the button says in each state. */
  readonly words: Readonly<Record<Verification, string>>;
}

/** Says how a peer's key stands, and opens the safety number to compare. */
export function VerifyButton({ peerId, className, words }: VerifyButtonProps) {
  const [open, setOpen] = useState(false);
  const { verification } = useVerification(peerId);
  const { name } = partyOf(peerId);
  return (
    <>
      <button
        type="button"
        className={`${className} verify-button verify-button-${verification}`}
        aria-label={`${words[verification]}: safety number with ${peerId}`}
        onClick={() => setOpen(true)}
      >
        {words[verification]}
      </button>
      <Modal
        open={open}
        onOpenChange={setOpen}
        size="wide"
        heading={verification === 'changed' ? `${name}’s signing key has changed` : `Safety number with ${name}`}
        description={
          verification === 'changed'
            ? 'Nothing is sent until you decide. A Controller that keeps to the protocol never certifies a second key for an agent_id.'
            : 'Compare these digits with the person at the other side, on a call or in person. It rules out a Controller that certified a false key.'
        }
      >
        <Suspense fallback={<p className="muted">Loading</p>}>
          <VerifyPeer peerId={peerId} close={() => setOpen(false)} />
        </Suspense>
      </Modal>
    </>
  );
}
