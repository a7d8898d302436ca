import { useState } from 'react';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';

/** Begins a session with a peer when asked to, and tells how that goes. */
export function useConnect(peerId: string, connected?: () => void) {
  const { engine } = useHosted();
  const [isAtWork, setAtWork] = useState(false);
  const [failure, setFailure] = useState<FailureView>();
  const connect = async () => {
    setAtWork(true);
    setFailure(undefined);
    try {
      await engine.connect(peerId);
      connected?.();
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      setAtWork(false);
    }
  };
  return { isAtWork, failure, connect };
}
