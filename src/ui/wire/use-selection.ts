import { useState } from 'react';

/** What may be selected from outside, for example by the address of the page. Without `onSelect` the view keeps it itself. */
export interface Selectable {
  readonly selected?: string | undefined;
  readonly onSelect?: ((id: string | undefined) => void) | undefined;
}

/** The selected id, and how to select another or none. */
export function useSelection({ selected, onSelect }: Selectable) {
  const [kept, keep] = useState<string>();
  return onSelect === undefined ? ([kept, keep] as const) : ([selected, onSelect] as const);
}
