/** What is open in a view, by its id, and how to open another or none. The address of the page holds it. */
export interface Selectable {
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
}
