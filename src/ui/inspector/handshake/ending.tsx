import type { Recording } from '../../../recording/recording.ts';
import { formatDuration } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import type { Side } from '../steps/timeline.ts';
import type { Outcome, Row } from './handshake-model.ts';
import { refusalAdvice } from './refusal-advice.ts';

interface EndingRowProps {
  readonly row: Extract<Row, { kind: 'ending' }>;
  readonly session: Recording['session'];
}

/**
 * Shows how the handshake or the resumption ended, across both lifelines: once when both sides agree, else for each
 * side.
 */
export function EndingRow({ row, session }: EndingRowProps) {
  const { client, server } = row;
  if (client?.kind === 'established' && server?.kind === 'established') {
    return <BothEstablished client={client} server={server} session={session} />;
  }
  return (
    <>
      {client !== undefined && <OneEnding outcome={client} side="client" session={session} />}
      {server !== undefined && <OneEnding outcome={server} side="server" session={session} />}
    </>
  );
}

type Established = Extract<Outcome, { kind: 'established' }>;

interface BothProps {
  readonly client: Established;
  readonly server: Established;
  readonly session: Recording['session'];
}

function BothEstablished({ client, server, session }: BothProps) {
  const same = client.keyFingerprint === server.keyFingerprint;
  return (
    <div className={`handshake-ending ${same ? 'handshake-ending-established' : 'handshake-ending-failed'}`}>
      <strong>
        <span aria-hidden="true">{same ? '✓' : '✕'} </span>Session {began(session)}
        {took(session)}
      </strong>
      <span>
        {same ? 'both sides hold the same keys: ' : 'the two sides hold DIFFERENT keys: '}
        <PartyMark agentId={session.client.agentId} /> <code>{client.keyFingerprint}</code> {same ? '=' : '≠'}{' '}
        <PartyMark agentId={session.server.agentId} /> <code>{server.keyFingerprint}</code>
      </span>
    </div>
  );
}

interface OneProps {
  readonly outcome: Outcome;
  readonly side: Side;
  readonly session: Recording['session'];
}

function OneEnding({ outcome, side, session }: OneProps) {
  const { agentId } = session[side];
  if (outcome.kind === 'established') {
    return (
      <div className="handshake-ending handshake-ending-established">
        <strong>
          <span aria-hidden="true">✓ </span>Session {began(session)}
          {took(session)}
        </strong>
        <span>
          <PartyMark agentId={agentId} /> {agentId}’s key fingerprint <code>{outcome.keyFingerprint}</code>, compare on
          both sides
        </span>
      </div>
    );
  }
  return (
    <div className="handshake-ending handshake-ending-failed">
      <strong>
        <span aria-hidden="true">✕ </span>No session for <PartyMark agentId={agentId} /> {agentId}
        {took(session)} ·{' '}
        <code>
          <UntrustedText text={outcome.code} />
        </code>
      </strong>
      <span>
        <UntrustedText text={outcome.detail} /> {side === 'server' && 'This code is what it answered. '}
        <strong>{refusalAdvice(outcome.code, session.resumes === undefined ? 'handshake' : 'resumption')}</strong>
      </span>
    </div>
  );
}

function began({ resumes }: Recording['session']): string {
  return resumes === undefined ? 'established' : 'resumed';
}

function took({ handshakeMs }: Recording['session']): string {
  return handshakeMs === undefined ? '' : ` · ${formatDuration(handshakeMs)}`;
}
