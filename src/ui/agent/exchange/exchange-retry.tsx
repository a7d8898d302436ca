import { useState } from 'react';
import type { ExchangeView, FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';

/** What it means that a request of this agent got no answer, and the way to ask again. */
export function ExchangeRetry({ exchange }: { readonly exchange: ExchangeView }) {
  const { engine } = useHosted();
  const [failure, setFailure] = useState<FailureView>();
  const [trying, setTrying] = useState(false);
  const { peerId, method, parameters, requestId } = exchange;
  const retry = async () => {
    setTrying(true);
    setFailure(undefined);
    try {
      await engine.send({ peerId, method, parameters, requestId });
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setTrying(false);
    }
  };
  return (
    <div className="exchange-answer exchange-retry">
      <p className="muted">No answer arrived. Retrying is safe: the peer runs this request once.</p>
      <button type="button" className="button" disabled={trying} onClick={() => void retry()}>
        {trying ? 'Trying' : 'Retry'}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
