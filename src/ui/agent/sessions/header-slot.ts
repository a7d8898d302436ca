import { createContext, useContext } from 'react';

const Slot = createContext<HTMLElement | null>(null);

/** Gives whatever is inside the element that a conversation's header belongs into; null leaves it where it is. */
export const HeaderSlot = Slot.Provider;

/** Returns the element that a conversation's header belongs into; null where it stays in its place. */
export function useHeaderSlot(): HTMLElement | null {
  return useContext(Slot);
}
