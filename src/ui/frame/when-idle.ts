/** Milliseconds after which the page counts as idle where the browser does not tell: WebKit. */
const idleMs = 1_000;

/** Calls `task` once the page has nothing else to do. Returns how to call it off. */
export function whenIdle(task: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const id = window.requestIdleCallback(task);
    return () => window.cancelIdleCallback(id);
  }
  const timer = setTimeout(task, idleMs);
  return () => clearTimeout(timer);
}
