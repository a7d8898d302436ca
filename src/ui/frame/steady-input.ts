/**
 * Keeps a held key and the second click of a double click from doing a thing twice, and keys that compose a character from
 * doing anything, in the whole page. Returns how to stop.
 */
export function steadyInput(): () => void {
  window.addEventListener('keydown', onKey, { capture: true });
  window.addEventListener('click', onClick, { capture: true });
  return () => {
    window.removeEventListener('keydown', onKey, { capture: true });
    window.removeEventListener('click', onClick, { capture: true });
  };
}

/** What browsers report for a key that an input method has taken. */
const takenByInputMethod = 229;

function onKey(event: KeyboardEvent): void {
  // Safari ends a composition before the Enter that ended it. A dead key is no composition yet, and may be a shortcut.
  const isComposing = event.isComposing || (event.keyCode === takenByInputMethod && event.key !== 'Dead');
  if (isComposing) event.stopImmediatePropagation();
  else if (event.repeat && actsOnce(event)) stop(event);
}

/** True for a key that would act anew with each repetition, where it does not write. */
function actsOnce({ key, ctrlKey, metaKey, target }: KeyboardEvent): boolean {
  if (key === 'Escape') return true;
  const isWriting = target instanceof HTMLTextAreaElement && !ctrlKey && !metaKey;
  if (key === 'Enter') return !isWriting;
  return key === ' ' && target instanceof HTMLButtonElement;
}

/** A row that a second click would close again is one of them. */
const pressable = 'button, a[href], summary, [role="button"], [role="option"]';

function onClick(event: MouseEvent): void {
  const { target, detail } = event;
  const pressed = target instanceof Element ? target.closest(pressable) : null;
  if (detail > 1 && pressed !== null) stop(event);
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
