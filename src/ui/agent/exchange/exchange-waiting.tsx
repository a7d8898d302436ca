import type { ExchangeView, WaitingView } from '../../../agent/contracts/views.ts';
import { waitingWords } from '../../../agent/contracts/waiting-words.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { formatMoment } from '../../design/format.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { useSlow } from '../../design/use-slow.ts';
import { useToday } from '../../design/use-today.ts';
import { useHosted } from '../../state/hosted.ts';
import { useTask } from '../../state/use-task.ts';
import { StopButton } from './stop-button.tsx';

interface ExchangeWaitingProps {
  readonly exchange: ExchangeView;
  readonly waiting: WaitingView;
}

/** Shows what a request of this agent waits for and until when, and how to end it. What is answered quickly needs no word. */
export function ExchangeWaiting({ exchange, waiting }: ExchangeWaitingProps) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const today = useToday();
  const { peerId, requestId, method, parameters } = exchange;
  const isSlow = useSlow(waiting.for === 'answer' || waiting.for === 'turn');
  /** Gives up reaching the peer now, and has the same asked when it returns. */
  const leave = async () => {
    await engine.cancel(peerId, requestId);
    await engine.send({ peerId, method, parameters, whenAway: 'store' });
  };
  if (!isSlow && (waiting.for === 'answer' || waiting.for === 'turn')) return null;
  return (
    <div className="exchange-answer exchange-waiting" data-waits-for={waiting.for}>
      <p role="status">
        <UntrustedText text={waitingWords(exchange, waiting, (ms) => formatMoment(ms, today))} />
      </p>
      {waiting.for !== 'return' && (
        <StopButton peerId={peerId} requestId={requestId} label={waiting.for === 'answer' ? 'Stop' : 'Cancel'} />
      )}
      {waiting.for === 'peer' && (
        <button type="button" className="button" disabled={isAtWork} onClick={() => void run(leave)}>
          Leave a message
        </button>
      )}
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}
