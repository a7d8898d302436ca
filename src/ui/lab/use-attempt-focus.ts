import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the keyboard with what a person opens and closes in `article`, where the list of attempts gives way to the one that
 * is open: opening takes it to the attempt, and closing back to the attempt's line of the list. Escape at the attempt, and
 * at what leads away from it and between its views, calls `close`.
 */
export function useAttemptFocus(
  article: RefObject<HTMLElement | null>,
  open: string | undefined,
  close: (() => void) | undefined,
): void {
  const before = useRef(open);
  useLayoutEffect(() => {
    const closed = before.current;
    before.current = open;
    if (closed === open || isFocusSeen()) return;
    if (open === undefined) {
      article.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(closed ?? '')}"]`)?.focus();
      return;
    }
    const attempt = article.current?.querySelector<HTMLElement>('.lab-open-attempt');
    attempt?.focus({ preventScroll: true });
    attempt?.scrollIntoView();
  }, [article, open]);

  const leave = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || close === undefined) return;
    if (event.target instanceof Element && event.target.matches(leavingParts)) close();
  });
  useEffect(() => {
    // After the walk through a handshake, which hears keys at the document and may take this one.
    const onKey = (event: KeyboardEvent) => leave(event);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Other parts of an attempt have a use of their own for Escape. */
const leavingParts = '.lab-open-attempt, .lab-neighbours *, .lab-views *';

/** False when what had the focus is gone or hidden. */
function isFocusSeen(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && activeElement.checkVisibility();
}
