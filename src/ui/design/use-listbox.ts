import { type KeyboardEvent, useState } from 'react';

/** Rows that Page Up and Page Down move by. */
const pageRows = 20;

interface ListboxOptions {
  /** The ids of all rows, in order. */
  readonly ids: readonly string[];
  /** The id of the open row. */
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly scrollTo: (index: number) => void;
}

/**
 * Returns the keyboard handling of a listbox of which only the rows in view are in the page: arrows move, Enter opens
 * and closes.
 */
export function useListbox({ ids, open, onOpen, scrollTo }: ListboxOptions) {
  const [active, setActive] = useState<string | undefined>(open);
  const at = active === undefined ? -1 : ids.indexOf(active);
  const move = (to: number) => {
    const index = Math.min(ids.length - 1, Math.max(0, to));
    setActive(ids[index]);
    scrollTo(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = at === -1 ? ids.length : at;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: from - 1,
      PageDown: at + pageRows,
      PageUp: from - pageRows,
      Home: 0,
      End: ids.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' && active !== undefined) {
      onOpen(open === active ? undefined : active);
    } else if (event.key === 'Escape') {
      onOpen(undefined);
    }
  };
  return { active, at, setActive, onKeyDown };
}
