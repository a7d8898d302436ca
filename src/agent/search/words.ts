/** Code points of a word that count; what comes after them is not looked at. */
const longestWord = 64;

/** Scripts that put no spaces between words. */
const unspacedLetter =
  '[[\\p{L}\\p{M}\\p{N}]&&[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]]';
const spacedLetter = `[[\\p{L}\\p{M}\\p{N}]--${unspacedLetter}]`;
const run = new RegExp(`(?<unspaced>${unspacedLetter}+)|${spacedLetter}+`, 'gv');
const unspacedStart = new RegExp(`^${unspacedLetter}`, 'v');
const trailingLetter = /[\p{L}\p{M}\p{N}]$/v;

/**
 * Yields the words of a text, in its order: runs of letters, digits and what belongs to them, compared without regard
 * to case or form (Unicode NFKC). `req_12` is two words. A script without spaces gives its pairs of letters and the
 * last letter of a run.
 */
export function* wordsIn(text: string): Generator<string> {
  for (const { 0: found, groups } of folded(text).matchAll(run)) {
    if (groups?.unspaced === undefined) yield cut(found);
    else yield* pairs(Array.from(found));
  }
}

/**
 * Returns the words that a person searches for, and whether the last may be the beginning of one: it may when nothing
 * follows it. In a script without spaces a text of several letters is its pairs, a single letter the beginning of
 * one.
 */
export function wordsLookedFor(text: string): { readonly words: readonly string[]; readonly isLastOpen: boolean } {
  const normal = folded(text);
  const words = [...normal.matchAll(run)].flatMap(({ 0: found, groups }) => {
    const letters = Array.from(found);
    return groups?.unspaced === undefined || letters.length === 1 ? [cut(found)] : [...pairs(letters)].slice(0, -1);
  });
  return { words, isLastOpen: trailingLetter.test(normal) };
}

/** True when a word is of a script that puts no spaces between words. */
export function isUnspaced(word: string): boolean {
  return unspacedStart.test(word);
}

/**
 * Returns a text as texts are compared. By way of upper case, which has one form where lower case has several (ß and
 * ss, ς and σ).
 */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
}

function* pairs(letters: readonly string[]): Generator<string> {
  for (const [index, letter] of letters.entries()) yield letter + (letters[index + 1] ?? '');
}

function cut(word: string): string {
  return word.length <= longestWord ? word : Array.from(word).slice(0, longestWord).join('');
}
