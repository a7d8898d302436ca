import { type RefObject, useEffect } from 'react';
import { isTyping } from '../design/is-typing.ts';
import { shortcutKey } from '../frame/shortcut-key.ts';

const bars = new Map<RefObject<HTMLElement | null>, () => void>();

/** Lets a backtick open the console of the agent that has the focus, or else of the first one on screen. */
export function useConsoleKey(bar: RefObject<HTMLElement | null>, open: () => void): void {
  useEffect(() => {
    bars.set(bar, open);
    if (bars.size === 1) document.addEventListener('keydown', onKey);
    return () => {
      bars.delete(bar);
      if (bars.size === 0) document.removeEventListener('keydown', onKey);
    };
  }, [bar, open]);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
  if (shortcutKey(event) !== '`') return;
  event.preventDefault();
  const all = [...bars];
  const focused = all.find(([bar]) => bar.current?.closest('.workspace')?.contains(document.activeElement));
  (focused ?? all[0])?.[1]();
}
