import { type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import type { AgentDestination } from '../../routing/go-to.ts';

/** Where the keyboard is to go. */
export interface WantedFocus {
  /** Gives the keyboard to a destination within the area, at once or when it is there; true when it has it already. */
  want(target: AgentDestination): boolean;
  /** Gives the keyboard to what is wanted, when that is there by now. */
  give(): void;
}

/** Where a person writes first. */
const box = '.send :is(textarea, input:not([type="radio"]))';

/**
 * Returns what leads the keyboard to a destination within `area` that may still have to be drawn. The wish ends when it is granted, and
 * when the person does anything else first: a key or a click of theirs is newer, and what appears later takes nothing from them.
 */
export function useWantedFocus(area: RefObject<HTMLElement | null>): WantedFocus {
  const wanted = useRef<AgentDestination>(undefined);
  const give = useCallback(() => {
    const { current } = wanted;
    const find = (target: AgentDestination) =>
      area.current?.querySelector<HTMLElement>(target === 'box' ? box : `[data-section="${target}"]`) ?? undefined;
    if (current === undefined) return;
    // Sessions stand with their peer: without one, the peers are the way to begin.
    const element = find(current) ?? (current === 'sessions' ? find('peers') : undefined);
    if (element === undefined) return;
    element.focus();
    // What is about to leave the screen is hidden, and takes no focus.
    if (document.activeElement === element) wanted.current = undefined;
  }, [area]);
  useEffect(() => {
    const drop = () => {
      wanted.current = undefined;
    };
    // Before whoever listens for the key makes a wish of it.
    window.addEventListener('keydown', drop, { capture: true });
    window.addEventListener('pointerdown', drop, { capture: true });
    window.addEventListener('popstate', drop, { capture: true });
    return () => {
      window.removeEventListener('keydown', drop, { capture: true });
      window.removeEventListener('pointerdown', drop, { capture: true });
      window.removeEventListener('popstate', drop, { capture: true });
    };
  }, []);
  useEffect(give);
  return useMemo(
    () => ({
      want: (target) => {
        wanted.current = target;
        give();
        return wanted.current === undefined;
      },
      give,
    }),
    [give],
  );
}

/** Stands beside a part that may still have to be loaded, and gives it the keyboard once it is there, when that is wanted. */
export function GiveFocus({ give }: Pick<WantedFocus, 'give'>) {
  useEffect(give, [give]);
  return null;
}
