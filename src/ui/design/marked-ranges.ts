import { isUnspaced, wordsIn } from '../../agent/search/words.ts';

/** A word to highlight, as the search compares words. `isPrefix`: any word that begins so. */
export interface MarkedWord {
  readonly text: string;
  readonly isPrefix: boolean;
}

/** Where in a text something is: from `start` up to and without `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Letters in a row. */
const letters = /[\p{L}\p{N}\p{M}]+/gu;
/** What JSON writes in place of a character, or letters in a row. */
const escapeOrLetters = /\\(?:u[0-9a-fA-F]{4}|.)|[\p{L}\p{N}\p{M}]+/gu;

/** Returns where `words` occur in a text, in its order. In JSON, what stands in the place of a character is no part of a word. */
export function markedRanges(text: string, words: readonly MarkedWord[], isJson = true): readonly TextRange[] {
  if (words.length === 0) return [];
  const ranges: TextRange[] = [];
  for (const { 0: found, index } of text.matchAll(isJson ? escapeOrLetters : letters)) {
    if (found.startsWith('\\')) continue;
    for (const piece of piecesIn(found, index)) {
      if (words.some((word) => occursIn(piece.words, word))) ranges.push(piece);
    }
  }
  return joined(ranges);
}

/** A part of a text that is marked or not as one, and the words that it is. */
interface Piece extends TextRange {
  readonly words: readonly string[];
}

/** Returns the words of a text; of a script without spaces each pair of letters, because it is searched so. */
function piecesIn(found: string, start: number): readonly Piece[] {
  const characters = Array.from(found);
  if (!characters.some(isUnspaced)) return [{ start, end: start + found.length, words: [...wordsIn(found)] }];
  const pieces: Piece[] = [];
  let at = start;
  let spaced = '';
  const endSpaced = () => {
    if (spaced !== '') pieces.push({ start: at - spaced.length, end: at, words: [...wordsIn(spaced)] });
    spaced = '';
  };
  for (const [index, letter] of characters.entries()) {
    if (isUnspaced(letter)) {
      endSpaced();
      const next = characters[index + 1] ?? '';
      const pair = letter + (isUnspaced(next) ? next : '');
      pieces.push({ start: at, end: at + pair.length, words: [...wordsIn(pair)].slice(0, 1) });
    } else {
      spaced += letter;
    }
    at += letter.length;
  }
  endSpaced();
  return pieces;
}

function occursIn(words: readonly string[], { text, isPrefix }: MarkedWord): boolean {
  return words.some((word) => (isPrefix ? word.startsWith(text) : word === text));
}

/** Ranges that overlap are one. */
function joined(ranges: readonly TextRange[]): readonly TextRange[] {
  const whole: TextRange[] = [];
  for (const range of ranges) {
    const last = whole.at(-1);
    if (last !== undefined && range.start < last.end) whole[whole.length - 1] = { start: last.start, end: range.end };
    else whole.push({ start: range.start, end: range.end });
  }
  return whole;
}

/** Returns words as an address holds them: separated by spaces, `*` after one for any ending. */
export function formatWords(words: readonly MarkedWord[]): string {
  return words.map(({ text, isPrefix }) => (isPrefix ? `${text}*` : text)).join(' ');
}

/** Reads what `formatWords` wrote. */
export function parseWords(text: string | undefined): readonly MarkedWord[] {
  return (text ?? '')
    .split(' ')
    .map((word) => ({ text: word.replace(/\*$/, ''), isPrefix: word.endsWith('*') }))
    .filter(({ text: word }) => word !== '');
}
