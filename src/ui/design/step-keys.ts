import type { KeyboardEvent } from 'react';

/**
 * Handles the keys of a list whose items each have one `[data-step]` button: up, down, Home and End move the focus
 * between the buttons; Escape calls `close` and gives the focus back to the item's button.
 */
export function handleStepKeys(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const { target } = event;
  if (!(target instanceof Element)) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-step]')];
  const at = buttons.findIndex((button) => button.closest('li')?.contains(target) === true);
  if (event.key === 'Escape') {
    close();
    buttons[at]?.focus();
    return;
  }
  if (buttons[at] !== target) return;
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  buttons[next]?.focus();
}
