import type { KeyboardEvent } from 'react';

/** Arrow keys move the focus between the messages of the list; Escape calls `close` and gives the focus back to the message. */
export function stepBetweenMessages(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')];
  const target = event.target instanceof Element ? event.target : undefined;
  const row = target?.closest('li.handshake-row');
  const inside = buttons.find((button) => row?.contains(button) === true);
  if (event.key === 'Escape') {
    close();
    inside?.focus();
    return;
  }
  const current = inside === target && inside !== undefined ? buttons.indexOf(inside) : -1;
  if (current === -1) return;
  const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  buttons[next]?.focus();
}
