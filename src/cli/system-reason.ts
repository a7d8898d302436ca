import { isError } from '../protocol/realm.ts';

/** Returns what the system called a failure, such as `: ENOENT`, to end a sentence with; empty where it gave it no code. */
export function reasonOf(cause: unknown): string {
  return isError(cause) && 'code' in cause ? `: ${cause.code}` : '';
}
