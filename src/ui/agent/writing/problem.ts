/** What keeps a text from being sent, and where it stands in it: from `start` up to and without `end`. */
export interface Problem {
  readonly detail: string;
  readonly start: number;
  readonly end: number;
}

/** Gives a field the keyboard and selects what is wrong in it. */
export function leadTo(field: HTMLTextAreaElement | null, { start, end }: Problem): void {
  if (field === null) return;
  field.focus();
  if (start < end || end > 0) field.setSelectionRange(start, end);
}
