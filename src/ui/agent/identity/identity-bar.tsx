import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AgentPhase } from '../../../agent/contracts/views.ts';
import { Fold } from '../../design/fold.tsx';
import { PartyMark, partyColour } from '../../design/party.tsx';
import { AppControls } from '../../frame/app-controls.tsx';
import { BrandMark } from '../../frame/brand-mark.tsx';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { AnsweringToggle } from './answering-toggle.tsx';
import { ForgetAgent } from './forget-button.tsx';
import './identity-bar.css';
import { IdentityCard } from './identity-card.tsx';
import { LineStatus } from './line-status.tsx';
import { WaitingRequests } from './waiting-requests.tsx';

interface IdentityBarProps {
  /** What else stands in the line. */
  readonly children?: ReactNode;
  /** What else its menu has where it is folded. */
  readonly menu?: ReactNode;
}

/** Shows who this agent is, its state, and the settings of the whole agent. */
export function IdentityBar({ children, menu }: IdentityBarProps) {
  const { agentId, address } = useHosted();
  const phase = useAgentState((state) => state.phase);
  return (
    <IdentityHead
      agentId={agentId}
      phase={phase.phase}
      address={address}
      word={wordOf(phase)}
      line={
        <>
          {phase.phase === 'ready' && <LineStatus />}
          {children}
        </>
      }
    >
      {phase.phase === 'ready' && (
        <>
          <IdentityCard identity={phase.identity} />
          <div className="identity-actions">
            <AnsweringToggle />
            <WaitingRequests />
            <ForgetAgent label="Forget" />
          </div>
        </>
      )}
      {menu}
    </IdentityHead>
  );
}

interface IdentityHeadProps {
  readonly agentId: string;
  readonly phase: AgentPhase['phase'];
  readonly address: string;
  /** In place of the word of its phase. */
  readonly word?: string | undefined;
  /** What always stands in its line. */
  readonly line?: ReactNode;
  /** What is folded away where there is no room. */
  readonly children?: ReactNode;
}

/** Returns the word for what stopped an agent, where there is one: a token that its Controller wants to see, or a revocation. */
function wordOf(phase: AgentPhase): string | undefined {
  if (phase.phase !== 'failed') return undefined;
  if (phase.failure.code === 'certificate_revoked') return 'revoked';
  return phase.failure.code === 'not_authorized' ? 'needs a token' : undefined;
}

/** Shows an agent's name and state: the same line from the first moment on. */
export function IdentityHead({ agentId, phase, address, word, line, children }: IdentityHeadProps) {
  return (
    <header className="identity" style={{ borderTopColor: partyColour(agentId) }}>
      <Link href="/" className="identity-home fold-only" aria-label="Parley: home">
        <BrandMark />
      </Link>
      <h1 className="identity-name" title={agentId}>
        <PartyMark agentId={agentId} /> {agentId}
      </h1>
      <code className="identity-address muted" title={address}>
        {address}
      </code>
      <p className={`identity-status identity-status-${phase}`} role="status">
        <span aria-hidden="true">{phase === 'ready' ? '●' : '○'}</span> <span>{word ?? phaseWords[phase]}</span>
      </p>
      {line}
      <Fold label={`Menu of ${agentId}`}>
        {children}
        <div className="identity-app fold-only">
          <AppControls />
        </div>
      </Fold>
    </header>
  );
}

const phaseWords: Readonly<Record<AgentPhase['phase'], string>> = {
  starting: 'starting',
  making_keys: 'making keys',
  registering: 'registering',
  ready: 'ready',
  in_use: 'open in another tab',
  taken_over: 'moved to another tab',
  ca_changed: 'CA changed',
  failed: 'failed',
  forgotten: 'forgotten',
};
