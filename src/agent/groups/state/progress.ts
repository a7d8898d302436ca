import type { ParleyError } from '../../../protocol/errors.ts';

/** Why something cannot go on: to be tried again at `again`, in milliseconds since 1970. */
export interface Waits {
  readonly again: number;
  readonly why: ParleyError;
}

/** What was done: `nothing` is left to do, or `moved`: the log has to be read on before more is, at `again` at the earliest. */
export type Progress =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'moved'; readonly again?: number }
  | ({ readonly kind: 'waits' } & Waits);
