import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { Fold } from '../../design/fold.tsx';
import { PartyMark } from '../../design/party.tsx';
import { useVerification } from '../../verify/use-verification.ts';
import { VerifyButton } from '../../verify/verify-button.tsx';
import { PeerFilePolicy } from '../files/peer-file-policy.tsx';
import { useHeaderSlot } from './header-slot.ts';

interface TalkHeaderProps {
  readonly peerId: string;
  /** The one fact that is shown where there is room for one only. */
  readonly brief: ReactNode;
  /** Everything else to know of it: what stands before the verification, and what stands after. */
  readonly facts: readonly [before: ReactNode, after: ReactNode];
  /** What can be done with it. */
  readonly actions: ReactNode;
  readonly className?: string;
}

/** Shows with whom a conversation is, and how it stands: a line of its own, or in a low window part of the agent's. */
export function TalkHeader({ peerId, brief, facts, actions, className = '' }: TalkHeaderProps) {
  const slot = useHeaderSlot();
  const isChanged = useVerification(peerId).verification === 'changed';
  const header = (
    <header className={`session-header ${className}`}>
      <h2 title={peerId}>
        <PartyMark agentId={peerId} /> {peerId}
      </h2>
      <p className="session-header-brief fold-only small muted">
        {isChanged ? <strong className="session-header-changed">key changed ✗</strong> : brief}
      </p>
      <Fold label={`About the session with ${peerId}`}>
        <div className="session-header-facts muted">
          {facts[0]}
          <VerifyButton
            peerId={peerId}
            className="session-verify"
            words={{ unverified: 'not verified', verified: 'verified ✓', changed: 'key changed ✗' }}
          />
          <PeerFilePolicy peerId={peerId} />
          {facts[1]}
        </div>
        <div className="session-header-actions">{actions}</div>
      </Fold>
    </header>
  );
  return slot === null ? header : createPortal(header, slot);
}
