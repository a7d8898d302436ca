import { type Repetition, repetitionOf, wasToBeLeft } from '../../../agent/contracts/repetition.ts';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useHosted } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import { usePresence } from '../../state/use-directory.ts';
import { useTask } from '../../state/use-task.ts';

const words: Readonly<Record<Exclude<Repetition, 'never'> | 'left', readonly [about: string, button: string]>> = {
  again: ['No answer arrived. Retrying is safe: the peer runs this request once.', 'Retry'],
  'as new': [
    'No answer arrived in 24 hours. The peer may have run this request and forgotten it; a new one may run it again.',
    'Send as new',
  ],
  left: [
    'It was stored for the peer and not answered in time. The peer may have run it; a new one may run it again.',
    'Send as new',
  ],
};

/** Shows what it means that a request of this agent got no answer, and how to send it again where that can help. */
export function ExchangeRetry({ exchange }: { readonly exchange: ExchangeView }) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const now = useNow();
  const wasLeft = exchange.group !== undefined;
  const repetition = wasLeft ? 'left' : repetitionOf(exchange, now);
  const presence = usePresence(exchange.peerId);
  const { peerId, method, parameters, requestId } = exchange;
  if (presence === 'revoked')
    return <p className="exchange-answer muted">{peerId} was revoked: it cannot be sent again.</p>;
  if (repetition === 'never') {
    return <p className="exchange-answer muted">The same request would fail again: there is nothing to retry.</p>;
  }
  const [about, button] = words[repetition];
  const retry = () =>
    run(() =>
      engine.send({
        peerId,
        method,
        parameters,
        ...(repetition === 'again' ? { requestId } : {}),
        ...(wasToBeLeft(exchange) ? { whenAway: 'store' } : {}),
      }),
    );
  return (
    <div className="exchange-answer exchange-retry">
      <p className="muted">{about}</p>
      <button type="button" className="button" disabled={isAtWork} onClick={() => void retry()}>
        {isAtWork ? 'Trying' : button}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
