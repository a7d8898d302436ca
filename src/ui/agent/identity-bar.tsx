import type { AgentPhase } from '../../agent/views.ts';
import { PartyMark, partyOf } from '../design/party.tsx';
import { useNow } from '../state/now.ts';
import { AnsweringToggle } from './answering-toggle.tsx';
import { ForgetAgent } from './forget-agent.tsx';
import { useAgentState, useHosted } from './hosted.ts';
import './identity-bar.css';
import { IdentityCard } from './identity-card.tsx';
import { shortFingerprint } from './short-fingerprint.ts';

/** Who this agent is, whether it is ready, and what is decided for the whole agent. */
export function IdentityBar() {
  const { agentId, address } = useHosted();
  const phase = useAgentState((state) => state.phase);
  const { colour } = partyOf(agentId);
  return (
    <header className="identity" style={{ borderTopColor: colour }}>
      <h1 className="identity-name">
        <PartyMark agentId={agentId} /> {agentId}
      </h1>
      <p className={`identity-status identity-status-${phase.phase}`} role="status">
        <span aria-hidden="true">{phase.phase === 'ready' ? '●' : '○'}</span> <span>{phaseWords[phase.phase]}</span>
      </p>
      <code className="identity-address muted">{address}</code>
      {phase.phase === 'ready' && (
        <>
          <p className="identity-facts">
            <span className="identity-fact">
              <span className="muted">signing</span> <code>{shortFingerprint(phase.identity.signingFingerprint)}</code>
            </span>
            <span className="identity-fact">
              <span className="muted">encryption</span>{' '}
              <code>{shortFingerprint(phase.identity.encryptionFingerprint)}</code>
            </span>
            <span className="identity-fact">
              <Validity notAfter={phase.identity.notAfter} />
            </span>
          </p>
          <IdentityCard identity={phase.identity} />
          <div className="identity-actions">
            <AnsweringToggle />
            <ForgetAgent label="Forget" />
          </div>
        </>
      )}
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

const daySeconds = 86_400;

function Validity({ notAfter }: { readonly notAfter: number }) {
  const left = notAfter - useNow() / 1000;
  if (left <= 0) return <strong className="identity-expired">certificate expired</strong>;
  const days = Math.floor(left / daySeconds);
  return (
    <>
      certificate {days === 0 ? `${Math.max(1, Math.floor(left / 3_600))} h` : `${days} ${days === 1 ? 'day' : 'days'}`}
    </>
  );
}
