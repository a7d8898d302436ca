import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from '../../design/is-typing.ts';
import type { Stepper } from './stepper.ts';

/**
 * Listens for the keys of a walk while the diagram has the keyboard, or nothing has it and this is the first diagram of
 * the page: ← → step, with Shift from message to message, Space plays and pauses, Home and End, Escape shows the whole.
 */
export function useStepKeys(section: RefObject<HTMLElement | null>, stepper: Stepper): void {
  const latest = useRef(stepper);
  latest.current = stepper;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (section.current === null || !isFor(section.current, event)) return;
      const act = actOf(event, latest.current);
      if (act === undefined) return;
      event.preventDefault();
      if (!event.repeat || event.key !== ' ') act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [section]);
}

function isFor(section: HTMLElement, { target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element) || isTyping(target)) return false;
  if (target.contains(section))
    return document.querySelector('[data-walk]') === section || target.closest('[role="tabpanel"]') !== null;
  if (!section.contains(target)) return false;
  // An open message has keys of its own, and a button is pressed by Space.
  if (target.closest('[data-step]') !== null) return key !== 'Home' && key !== 'End';
  return target.closest('.stepper') !== null && key !== ' ';
}

function actOf({ key, shiftKey }: KeyboardEvent, stepper: Stepper): (() => void) | undefined {
  switch (key) {
    case 'ArrowRight':
      return () => (shiftKey ? stepper.moveToMessage(1) : stepper.move(1));
    case 'ArrowLeft':
      return () => (shiftKey ? stepper.moveToMessage(-1) : stepper.move(-1));
    case ' ':
      return () => stepper.toggle();
    case 'Home':
      return stepper.at === undefined ? undefined : () => stepper.first();
    case 'End':
      return stepper.at === undefined ? undefined : () => stepper.last();
    case 'Escape':
      return stepper.at === undefined ? undefined : () => stepper.leave();
    default:
      return undefined;
  }
}
