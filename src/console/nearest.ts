import { distance } from 'fastest-levenshtein';

/** Returns the first of `names` that begins with `word`, or that is at most two edits away from it (Levenshtein). */
export function nearest(word: string, names: readonly string[]): string | undefined {
  return names.find((name) => name.startsWith(word) || distance(name, word) <= 2);
}
