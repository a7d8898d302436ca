import { useSyncExternalStore } from 'react';
import { dayOf } from './format.ts';

const listeners = new Set<() => void>();
/** Milliseconds between two looks at the clock: a device that slept over midnight shows the new day soon after. */
const lookMs = 30_000;
let today = dayOf(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

/** Returns the midnight with which this day began, in milliseconds since 1970: what shows days is drawn again with the next one. */
export function useToday(): number {
  return useSyncExternalStore(subscribe, () => today);
}

function subscribe(listener: () => void): () => void {
  // Nobody kept the time while nobody looked.
  if (listeners.size === 0) today = dayOf(Date.now());
  listeners.add(listener);
  timer ??= setInterval(look, lookMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function look(): void {
  const day = dayOf(Date.now());
  if (day === today) return;
  today = day;
  for (const listener of listeners) listener();
}
