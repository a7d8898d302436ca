import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** Returns the time in milliseconds since 1970, to the second: what shows it is drawn again every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** True once `at` (milliseconds since 1970) is past: what shows it is drawn again when that changes. */
export function useIsPast(at: number): boolean {
  return useSyncExternalStore(subscribe, () => now >= at);
}

function subscribe(listener: () => void): () => void {
  // Nobody kept the time while nobody looked.
  if (listeners.size === 0) now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}
