import { searched } from '../contracts/history-limits.ts';
import type { ExchangeView, Json } from '../contracts/views.ts';
import { wordsIn } from './words.ts';

/** An exchange as far as it is searched. */
export type SearchedExchange = Pick<ExchangeView, 'method' | 'parameters' | 'result' | 'error' | 'group'>;

/**
 * Returns the words an exchange is found by: those of its method, and of every name, text and number in its
 * parameters, its results and errors, and the name of an attachment. Short texts are read first, so that a long one cannot crowd them out, and equal
 * ones once.
 */
export function wordsOfExchange({ method, parameters, group, ...own }: SearchedExchange): ReadonlySet<string> {
  const texts = new ShortestFirst();
  texts.add(method);
  addTexts(texts, parameters);
  if (group?.attachment?.name !== undefined) texts.add(group.attachment.name);
  for (const { result, error } of [own, ...(group?.answers ?? [])]) {
    if (result !== undefined) addTexts(texts, result);
    if (error === undefined) continue;
    texts.add(error.code);
    texts.add(error.detail);
  }
  const words = new Set<string>();
  let left: number = searched.characters;
  for (const text of texts) {
    for (const word of wordsIn(text.slice(0, left))) {
      words.add(word);
      if (words.size === searched.words) return words;
    }
    left -= text.length;
    if (left <= 0) return words;
  }
  return words;
}

/** Different texts by their length, and of each length no more than could be read: a message may hold millions of them. */
class ShortestFirst {
  readonly #byLength = new Map<number, Set<string>>();

  add(text: string): void {
    const same = this.#byLength.get(text.length);
    if (same === undefined) this.#byLength.set(text.length, new Set([text]));
    else if (same.size * text.length < searched.characters) same.add(text);
  }

  *[Symbol.iterator](): Generator<string> {
    for (const length of [...this.#byLength.keys()].sort((a, b) => a - b)) yield* this.#byLength.get(length) ?? [];
  }
}

function addTexts(texts: ShortestFirst, value: Json): void {
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'number') texts.add(String(value));
  else if (Array.isArray(value)) for (const member of value) addTexts(texts, member);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      texts.add(name);
      addTexts(texts, member);
    }
  }
}
