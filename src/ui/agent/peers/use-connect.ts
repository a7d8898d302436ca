import { useHosted } from '../../state/hosted.ts';
import { useTask } from '../../state/use-task.ts';

/** Begins a session with a peer when asked to, and tells how that goes. */
export function useConnect(peerId: string, connected?: () => void) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const connect = () =>
    run(async () => {
      await engine.connect(peerId);
      connected?.();
    });
  return { isAtWork, failure, connect };
}
