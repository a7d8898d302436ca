import type { Recording } from '../../../recording/recording.ts';
import { shortId } from '../../design/format.ts';
import './resumption-head.css';

interface ResumptionHeadProps {
  readonly session: Recording['session'];
  /** Goes to the session that was resumed; absent where that is not listed. */
  readonly showFormer: (() => void) | undefined;
  /** The full handshake before it; absent where that is not listed, or is the session that was resumed. */
  readonly fullHandshake: { readonly sessionId: string; show(): void } | undefined;
}

/** Says above the diagram that it is a resumption, of which session, what that saved and what it still does. */
export function ResumptionHead({ session: { resumes, status }, showFormer, fullHandshake }: ResumptionHeadProps) {
  return (
    <header className="handshake-resumption">
      <h2>
        Resumption of{' '}
        {resumes === undefined ? (
          'an earlier session'
        ) : (
          <>
            session{' '}
            {showFormer === undefined ? (
              <code title={resumes}>{shortId(resumes)}</code>
            ) : (
              <button type="button" className="handshake-former" title={resumes} onClick={showFormer}>
                <code>{shortId(resumes)}</code>
              </button>
            )}
          </>
        )}
      </h2>
      <p>
        <strong>Saved:</strong> every RSA operation and one of two round trips: the old session’s keys prove who both
        sides are. <strong>Still done:</strong> fresh X25519 and ML-KEM-768 shares, so forward secrecy stays, and the
        peer’s certificates are looked up in the revocation list again.
      </p>
      {fullHandshake !== undefined && fullHandshake.sessionId !== resumes && (
        <p>
          The full handshake before it: session{' '}
          <button
            type="button"
            className="handshake-former"
            title={fullHandshake.sessionId}
            onClick={fullHandshake.show}
          >
            <code>{shortId(fullHandshake.sessionId)}</code>
          </button>
          .
        </p>
      )}
      {status === 'FAILED' && <p>It failed: the end of the diagram says why, and what happens next.</p>}
    </header>
  );
}
