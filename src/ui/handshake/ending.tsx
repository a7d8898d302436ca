import type { SessionView } from '../../agent/views.ts';
import { formatDuration } from '../design/format.ts';
import type { Row } from './handshake-model.ts';
import { refusalAdvice } from './refusal-advice.ts';

interface EndingProps {
  readonly row: Extract<Row, { kind: 'established' | 'failed' }>;
  readonly session: SessionView;
}

/** How the handshake ended: across both lifelines. */
export function Ending({ row, session }: EndingProps) {
  const took = session.handshakeMs === undefined ? '' : ` · ${formatDuration(session.handshakeMs)}`;
  if (row.kind === 'established') {
    return (
      <div className="handshake-ending handshake-ending-established">
        <strong>
          <span aria-hidden="true">✓ </span>Session established{took}
        </strong>
        <span>
          key fingerprint <code>{row.keyFingerprint}</code>, compare on both sides
        </span>
      </div>
    );
  }
  return (
    <div className="handshake-ending handshake-ending-failed">
      <strong>
        <span aria-hidden="true">✕ </span>No session{took} · <code>{row.code}</code>
      </strong>
      <span>
        {row.detail} {refusalAdvice(row.code)}
        {row.answered ? ` ${session.peerId} was answered with this code.` : ''} No keys are kept, and no message was
        lost.
      </span>
    </div>
  );
}
