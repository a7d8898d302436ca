import { ParleyError } from '../protocol/errors.ts';

/** Exchanges that are shown when the line does not say, and at most. */
const usual = 20;
/** Exchanges that one line shows at most. */
export const mostShown = 200;

/** Returns how many exchanges a line asks for. Throws `invalid_input` for what is no number from 1 to 200; `usage` says how it is typed. */
export function countOf(word: string | undefined, usage: string): number {
  if (word === undefined) return usual;
  if (!/^[1-9]\d{0,2}$/.test(word) || Number(word) > mostShown) {
    throw new ParleyError('invalid_input', `“${word}” is not a number from 1 to ${mostShown}: ${usage}`);
  }
  return Number(word);
}
