import { useState } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { failureOf } from './failure.ts';

/**
 * Returns a task that a person starts: whether it runs, what its last run failed with, `run`, which never rejects, and
 * `forget`, which takes the failure away.
 */
export function useTask() {
  const [isAtWork, setAtWork] = useState(false);
  const [failure, setFailure] = useState<FailureView>();
  const run = async (work: () => Promise<unknown>) => {
    setAtWork(true);
    setFailure(undefined);
    try {
      await work();
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setAtWork(false);
    }
  };
  return { isAtWork, failure, run, forget: () => setFailure(undefined) };
}
