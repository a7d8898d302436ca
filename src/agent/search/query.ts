import { indexedPrefixes } from './tokens.ts';
import { isUnspaced, wordsLookedFor } from './words.ts';

/** Words of a search that are looked at. */
const mostWords = 16;

/** A word that is looked for, or the beginning of one. */
export interface Term {
  readonly text: string;
  readonly isPrefix: boolean;
}

/**
 * Returns the terms of a search: each has to occur. The last word is the beginning of one when nothing comes after it
 * and it is long enough to have a token as such. A single letter of a script without spaces always is.
 */
export function termsOf(text: string): readonly Term[] {
  const { words, isLastOpen } = wordsLookedFor(text);
  const terms = words.map((word, index): Term => {
    const isPair = isUnspaced(word) && Array.from(word).length > 1;
    const isOpen = (isLastOpen && index === words.length - 1) || isUnspaced(word);
    return { text: word, isPrefix: isOpen && !isPair && indexedPrefixes(word).length > 0 };
  });
  return [...new Map(terms.map((term) => [`${term.isPrefix} ${term.text}`, term])).values()].slice(0, mostWords);
}

/**
 * Returns what the index is asked for in the place of a term: the word, or the longest indexed prefix of what was
 * typed.
 */
export function lookupOf({ text, isPrefix }: Term): Term {
  return { text: isPrefix ? (indexedPrefixes(text).at(-1) ?? text) : text, isPrefix };
}

/** True when the index can answer the terms by itself; otherwise what it gives is more than was looked for. */
export function isExact(terms: readonly Term[]): boolean {
  return terms.every((term) => lookupOf(term).text === term.text);
}

/** True when words have every term among them. */
export function haveAll(words: ReadonlySet<string>, terms: readonly Term[]): boolean {
  return terms.every(({ text, isPrefix }) => {
    if (!isPrefix) return words.has(text);
    for (const word of words) if (word.startsWith(text)) return true;
    return false;
  });
}
