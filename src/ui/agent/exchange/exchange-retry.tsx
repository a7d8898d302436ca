import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useHosted } from '../../state/hosted.ts';
import { useTask } from '../../state/use-task.ts';

/** Shows what it means that a request of this agent got no answer, and how to send it again. */
export function ExchangeRetry({ exchange }: { readonly exchange: ExchangeView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const { peerId, method, parameters, requestId } = exchange;
  const retry = () => run(() => engine.send({ peerId, method, parameters, requestId }));
  return (
    <div className="exchange-answer exchange-retry">
      <p className="muted">No answer arrived. Retrying is safe: the peer runs this request once.</p>
      <button type="button" className="button" disabled={isAtWork} onClick={() => void retry()}>
        {isAtWork ? 'Trying' : 'Retry'}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
