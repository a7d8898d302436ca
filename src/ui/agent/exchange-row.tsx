import { memo, useState } from 'react';
import type { ExchangeView, FailureView } from '../../agent/views.ts';
import type { Place } from '../app/places.ts';
import { FailureLine } from '../design/failure-line.tsx';
import { formatDateTime, formatDuration, formatTime } from '../design/format.ts';
import { partyColour } from '../design/party.tsx';
import { failureOf } from '../state/failure.ts';
import { HeldAnswer } from './held-answer.tsx';
import { useHosted } from './hosted.ts';
import { JsonText } from './json-text.tsx';

interface ExchangeRowProps {
  readonly exchange: ExchangeView;
  readonly go: (place: Place) => void;
}

/** A request and, under it, what became of it. */
export const ExchangeRow = memo(function ExchangeRow({ exchange, go }: ExchangeRowProps) {
  const { agentId } = useHosted();
  const { direction, peerId, method, parameters, at, status, durationMs } = exchange;
  const isOutgoing = direction === 'outgoing';
  const asker = isOutgoing ? agentId : peerId;
  const answerer = isOutgoing ? peerId : agentId;
  return (
    <li className="exchange" data-status={status}>
      <time className="exchange-time muted" dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
        {formatTime(at)}
      </time>
      <Direction out={isOutgoing} agentId={asker} />
      <code className="exchange-method">{method}</code>
      <div className="exchange-body">
        <JsonText value={parameters} />
      </div>
      <span className={`exchange-status exchange-status-${status}`}>{statusWords[status]}</span>
      <span className="exchange-duration muted">{durationMs === undefined ? '' : formatDuration(durationMs)}</span>
      {(status === 'success' || status === 'error') && (
        <>
          <Direction out={!isOutgoing} agentId={answerer} />
          <div className="exchange-answer">
            {exchange.error === undefined ? (
              <JsonText value={exchange.result ?? null} />
            ) : (
              <p className="exchange-error">
                <code>{exchange.error.code}</code> {exchange.error.detail}
              </p>
            )}
          </div>
        </>
      )}
      {status === 'held' && <HeldAnswer exchange={exchange} />}
      {status === 'failed' && <Retry exchange={exchange} go={go} />}
    </li>
  );
});

const statusWords: Readonly<Record<ExchangeView['status'], string>> = {
  pending: 'waiting',
  held: 'your answer?',
  success: 'SUCCESS',
  error: 'ERROR',
  failed: 'FAILED',
};

function Direction({ out, agentId }: { readonly out: boolean; readonly agentId: string }) {
  return (
    <span className="exchange-direction" style={{ color: partyColour(agentId) }}>
      <span aria-hidden="true">{out ? '▸' : '◂'}</span>
      <span className="visually-hidden">{out ? 'sent by this agent' : `from ${agentId}`}</span>
    </span>
  );
}

function Retry({ exchange, go }: ExchangeRowProps) {
  const { engine } = useHosted();
  const [failure, setFailure] = useState<FailureView>();
  const [trying, setTrying] = useState(false);
  const { peerId, method, parameters, requestId, error } = exchange;
  const retry = async () => {
    setTrying(true);
    setFailure(undefined);
    try {
      const answered = await engine.send({ peerId, method, parameters, requestId });
      if (answered.sessionId !== exchange.sessionId) {
        go({ section: 'talk', sessionId: answered.sessionId, tab: 'conversation' });
      }
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setTrying(false);
    }
  };
  return (
    <div className="exchange-answer exchange-retry">
      <p className="exchange-error">
        {error !== undefined && (
          <>
            <code>{error.code}</code> {error.detail}{' '}
          </>
        )}
        <span className="muted">No answer came. Trying again is safe: the peer runs this request once.</span>
      </p>
      {exchange.direction === 'outgoing' && (
        <button type="button" className="button" disabled={trying} onClick={() => void retry()}>
          {trying ? 'Trying' : 'Retry'}
        </button>
      )}
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
