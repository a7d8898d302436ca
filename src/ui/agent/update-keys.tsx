import { useState } from 'react';
import type { FailureView } from '../../agent/views.ts';
import { FailureLine } from '../design/failure-line.tsx';
import { failureOf } from '../state/failure.ts';
import { useHosted } from './hosted.ts';

/** Begins a session's next epoch when pressed. It also happens by itself, by count and age. */
export function UpdateKeys({ sessionId }: { readonly sessionId: string }) {
  const { engine } = useHosted();
  const [isAtWork, setAtWork] = useState(false);
  const [failure, setFailure] = useState<FailureView>();
  const update = () => {
    setAtWork(true);
    setFailure(undefined);
    engine
      .updateKeys(sessionId)
      .catch((cause: unknown) => setFailure(failureOf(cause)))
      .finally(() => setAtWork(false));
  };
  return (
    <>
      {failure !== undefined && <FailureLine failure={failure} />}
      <button
        type="button"
        className="button button-quiet"
        disabled={isAtWork}
        title="Fresh keys for this session: whoever stole the old ones cannot read on"
        onClick={update}
      >
        {isAtWork ? 'Updating keys' : 'Update keys'}
      </button>
    </>
  );
}
