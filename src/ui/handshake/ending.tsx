import type { SessionView } from '../../agent/views.ts';
import { formatDuration } from '../design/format.ts';
import type { Row } from './handshake-model.ts';
import { refusalAdvice } from './refusal-advice.ts';

interface EndingProps {
  readonly row: Extract<Row, { kind: 'established' | 'failed' }>;
  readonly session: SessionView;
  readonly ownId: string;
}

/** How the handshake ended: across both lifelines. */
export function Ending({ row, session, ownId }: EndingProps) {
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
    <>
      {row.answered && <Answer code={row.code} from={ownId} to={session.peerId} />}
      <div className="handshake-ending handshake-ending-failed">
        <strong>
          <span aria-hidden="true">✕ </span>No session{took} · <code>{row.code}</code>
        </strong>
        <span>
          {row.detail} <strong>{refusalAdvice(row.code)}</strong>
        </span>
      </div>
    </>
  );
}

/** The server's refusal on its way to the client: an arrow that opens nothing, because its body is not recorded here. */
function Answer({ code, from, to }: { readonly code: string; readonly from: string; readonly to: string }) {
  return (
    <p className="handshake-arrow handshake-arrow-from-server handshake-arrow-refusal handshake-arrow-still">
      <span className="handshake-arrow-label">
        <strong>PROBLEM</strong>
        <code className="handshake-code">{code}</code>
      </span>
      <span className="handshake-route">
        {from} <span aria-hidden="true">→</span>
        <span className="handshake-hidden"> to </span> {to}
      </span>
    </p>
  );
}
