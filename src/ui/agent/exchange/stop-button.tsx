import { FailureLine } from '../../design/failure-line.tsx';
import { useHosted } from '../../state/hosted.ts';
import { useTask } from '../../state/use-task.ts';

interface StopButtonProps {
  readonly peerId: string;
  readonly requestId: string;
  /** `Stop` what the peer is at, `Cancel` what has not reached it. */
  readonly label: 'Stop' | 'Cancel';
}

/** Ends a request that waits, or an answer that is coming. The keyboard goes on in the conversation: the button is gone then. */
export function StopButton({ peerId, requestId, label }: StopButtonProps) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={isAtWork}
        onClick={({ currentTarget }) => {
          currentTarget.closest<HTMLElement>('[role="log"]')?.focus({ preventScroll: true });
          void run(() => engine.cancel(peerId, requestId));
        }}
      >
        {label}
      </button>
      {failure !== undefined && <FailureLine failure={failure} />}
    </>
  );
}
