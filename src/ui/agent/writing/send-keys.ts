import type { KeyboardEvent } from 'react';

/** Calls `submit` on Enter alone, and with Ctrl or Command: Shift+Enter breaks the line. */
export function onSendKey(event: KeyboardEvent, submit: () => void): void {
  if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!event.repeat) submit();
}

/** Calls `submit` on Enter with Ctrl or Command: Enter alone breaks the line. */
export function onSubmitKey(event: KeyboardEvent, submit: () => void): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  submit();
}
