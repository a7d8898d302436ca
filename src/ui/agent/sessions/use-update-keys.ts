import { useState } from 'react';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';

/** Begins a session's next epoch when asked to, and tells how that goes. It also happens by itself, by count and age. */
export function useUpdateKeys(sessionId: string) {
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
  return { isAtWork, failure, update };
}
