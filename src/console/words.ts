import { ParleyError } from '../protocol/errors.ts';

/**
 * Splits a command line into words. Quotes, single or double, keep spaces together; a backslash takes the next character
 * as it is, except between single quotes. Throws `invalid_input` when a quote is not closed.
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const c = line[at] ?? '';
    if (c === '\\' && quote !== "'") {
      at += 1;
      word = (word ?? '') + (line[at] ?? '');
    } else if (quote !== undefined) {
      if (c === quote) quote = undefined;
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== undefined)
    throw new ParleyError('invalid_input', `A ${quote} is not closed. Close it, or write \\${quote}.`);
  if (word !== undefined) words.push(word);
  return words;
}

/** Returns a word in the quotes that `splitWords` reads back. */
export function quoteWord(word: string): string {
  return /^[\w.:/{}[\],-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}
