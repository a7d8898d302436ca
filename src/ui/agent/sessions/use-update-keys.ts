import { useHosted } from '../../state/hosted.ts';
import { useTask } from '../../state/use-task.ts';

/** Begins a session's next epoch when asked to, and tells how that goes. It also happens by itself, by count and age. */
export function useUpdateKeys(sessionId: string) {
  const { engine } = useHosted();
  const { isAtWork, failure, run } = useTask();
  return { isAtWork, failure, update: () => void run(() => engine.updateKeys(sessionId)) };
}
