import type { FailureView } from '../../agent/contracts/views.ts';
import { FailureLine } from '../design/failure-line.tsx';

interface TryAgainProps {
  readonly failure: FailureView;
  readonly again: () => void;
  readonly isAtWork: boolean;
}

/** Shows what could not be read, and reads it again. */
export function TryAgain({ failure, again, isAtWork }: TryAgainProps) {
  return (
    <div className="audit-failed">
      <FailureLine failure={failure} />
      <button type="button" className="button" aria-disabled={isAtWork} onClick={() => isAtWork || again()}>
        Try again
      </button>
    </div>
  );
}
