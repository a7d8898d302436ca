import { distance } from 'fastest-levenshtein';

/** Returns the first of `names` that begins with `word`, or that is at most two edits away from it (Levenshtein). */
export function nearest(word: string, names: readonly string[]): string | undefined {
  return names.find((name) => name.startsWith(word) || distance(name, word) <= 2);
}

/**
 * Returns the name that is the fewest edits away from `word`, two at most and fewer than half of its letters; case, `-` and `_` do not
 * count, and a name that begins with the word, or that the word begins with, is near as well.
 */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, '');
  const sought = plain(word);
  const ranked = names
    .map((name) => ({ name, edits: distance(plain(name), sought), length: plain(name).length }))
    .filter(({ edits, length }) => edits <= 2 && edits < length / 2)
    .sort((a, b) => a.edits - b.edits);
  const begins = (name: string) =>
    sought.length > 2 && (plain(name).startsWith(sought) || sought.startsWith(plain(name)));
  return ranked[0]?.name ?? names.find(begins);
}
