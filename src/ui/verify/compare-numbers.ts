/** How a number that somebody sent compares with the one that is shown. Groups count from 1. */
export type Comparison =
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'not_sixty'; readonly digits: number }
  | { readonly outcome: 'equal' }
  | { readonly outcome: 'differs'; readonly groups: readonly number[] };

/** Returns the twelve groups of five digits that a safety number is read in. */
export function groupsOf(digits: string): readonly string[] {
  return digits.match(/\d{5}/g) ?? [];
}

/** Compares by the digits alone: spaces, line breaks and dashes between them do not count. */
export function compareNumbers(shown: string, pasted: string): Comparison {
  const digits = pasted.replace(/\D/g, '');
  if (digits === '') return { outcome: 'nothing' };
  if (digits.length !== shown.length) return { outcome: 'not_sixty', digits: digits.length };
  if (digits === shown) return { outcome: 'equal' };
  const theirs = groupsOf(digits);
  const groups = groupsOf(shown).flatMap((group, index) => (group === theirs[index] ? [] : [index + 1]));
  return { outcome: 'differs', groups };
}
