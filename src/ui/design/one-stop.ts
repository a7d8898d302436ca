import { type RefObject, useEffect } from 'react';

interface OneStopOptions {
  /** CSS selector of the list's rows. */
  readonly rows: string;
  /** The row that Tab reaches first. A row with `data-shown` comes before it. */
  readonly start: 'first' | 'last';
}

/**
 * Makes a list one stop for Tab, however long it is: of its rows only one has its controls in the tab order, and the
 * arrow keys, Home and End move between rows. A row in which text is written stays in the tab order too.
 */
export function useOneStop(list: RefObject<HTMLElement | null>, { rows, start }: OneStopOptions): void {
  useEffect(
    () => (list.current === null ? undefined : makeOneStop(list.current, { rows, start })),
    [list, rows, start],
  );
}

/** Does for an element what `useOneStop` does. Returns how to stop. */
export function makeOneStop(list: HTMLElement, { rows, start }: OneStopOptions): () => void {
  let last: Element | undefined;
  const all = () => [...list.querySelectorAll<HTMLElement>(rows)];
  const settle = () => {
    const found = all();
    const focused = found.find((row) => row.contains(document.activeElement));
    const kept = start === 'first' ? found.find((row) => row === last) : undefined;
    const shown = found.find((row) => row.matches('[data-shown]'));
    const current = focused ?? kept ?? shown ?? found.filter(isReachable).at(start === 'first' ? 0 : -1);
    for (const row of found) setStops(row, row === current || row.querySelector('textarea') !== null);
  };
  const onFocus = ({ target }: FocusEvent) => {
    last = target instanceof Element ? (target.closest(rows) ?? undefined) : undefined;
    settle();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const { target } = event;
    if (!(target instanceof HTMLElement) || target.matches('input:not([type="checkbox"]), textarea, select')) return;
    const found = all().filter(isReachable);
    const at = found.findIndex((row) => row.contains(target));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1 }[event.key];
    const next = to === undefined || at === -1 ? undefined : found[to];
    if (next === undefined) return;
    event.preventDefault();
    setStops(next, true);
    stopsOf(next).find(isEnabled)?.focus();
  };
  const watcher = new MutationObserver(settle);
  watcher.observe(list, { childList: true, subtree: true });
  list.addEventListener('focusin', onFocus);
  list.addEventListener('keydown', onKey);
  settle();
  return () => {
    watcher.disconnect();
    list.removeEventListener('focusin', onFocus);
    list.removeEventListener('keydown', onKey);
    for (const row of all()) setStops(row, true);
  };
}

const focusable = 'a[href], button, input, select, textarea, [tabindex]';

/** Elements of a row that Tab reaches, or would if the row were the current one. Links come first: they lead to the row. */
function stopsOf(row: HTMLElement): HTMLElement[] {
  const inside = [...row.querySelectorAll<HTMLElement>(focusable)].filter(isStop);
  const links = inside.filter((element) => element.matches('a'));
  return [...(row.matches(focusable) && isStop(row) ? [row] : []), ...links, ...inside];
}

/** True for a row that has something to reach: not for one of words alone, or whose controls are all disabled. */
function isReachable(row: HTMLElement): boolean {
  return stopsOf(row).some(isEnabled);
}

function isEnabled(element: HTMLElement): boolean {
  return !element.matches(':disabled');
}

function isStop(element: HTMLElement): boolean {
  return (element.tabIndex >= 0 || element.dataset.stop !== undefined) && element.closest('dialog, [popover]') === null;
}

/** Puts the controls of a row into the tab order, or takes them out of it and marks them. */
function setStops(row: HTMLElement, isIn: boolean): void {
  for (const element of stopsOf(row)) {
    const before = element.dataset.stop;
    if (!isIn && before === undefined) {
      element.dataset.stop = element.getAttribute('tabindex') ?? '';
      element.tabIndex = -1;
    } else if (isIn && before !== undefined) {
      delete element.dataset.stop;
      if (before === '') element.removeAttribute('tabindex');
      else element.setAttribute('tabindex', before);
    }
  }
}
