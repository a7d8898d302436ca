import { useEffect } from 'react';
import type { AgentState } from './agent-state.ts';
import { useHosted } from './hosted.ts';
import { Throttle } from './throttle.ts';

/** Milliseconds within which the page follows: what happens meanwhile is read in one go. */
const followMs = 300;

/** Calls `read`, which does not reject, soon after any of the agent's `parts` has changed, however fast the changes come. */
export function useChanges(parts: readonly (keyof AgentState)[], read: () => Promise<void>): void {
  const { store } = useHosted();
  useEffect(() => {
    const throttle = new Throttle(read, followMs);
    const leave = store.subscribe((now, before) => {
      if (parts.some((part) => now[part] !== before[part])) throttle.call();
    });
    return () => {
      leave();
      throttle.stop();
    };
  }, [store, parts, read]);
}
