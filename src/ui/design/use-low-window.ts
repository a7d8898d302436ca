import { useSyncExternalStore } from 'react';

/** Windows in which everything fixed folds into one line and the page scrolls; `short-window.css` names the same height. */
const low = matchMedia('screen and (max-height: 599px)');

/** True while the window is too low for lines that stay in place: a phone on its side, a desk at 400 % zoom. */
export function useLowWindow(): boolean {
  return useSyncExternalStore(follow, () => low.matches);
}

function follow(changed: () => void): () => void {
  low.addEventListener('change', changed);
  return () => low.removeEventListener('change', changed);
}
