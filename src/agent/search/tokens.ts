import type { Bytes } from '../../protocol/bytes.ts';
import { mac } from '../../protocol/crypto/signatures.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ScratchBuffer } from '../../protocol/scratch-buffer.ts';
import { label } from '../../protocol/wire/label.ts';
import { isUnspaced } from './words.ts';

/** Bytes of the HMAC that are kept: among a million different words two share a token with a chance of 1 in 30 million. */
const tokenLength = 8;
/** Tokens that are remembered: most words of a message are common ones. */
const remembered = 16_384;
/** What a token stands for: the byte between the label and the text. */
const kinds = { word: Uint8Array.of(1), prefix: Uint8Array.of(2) } as const;

/** The lengths, in code points, of the prefixes that have a token. A word of a script without spaces has one letter or two. */
const prefixLengths = { spaced: [2, 3, 4, 5, 6, 7, 8], unspaced: [1] } as const;

/** Returns the prefixes of a word that have a token; the last is the longest. */
export function indexedPrefixes(word: string): readonly string[] {
  const letters = Array.from(word);
  const lengths: readonly number[] = isUnspaced(word) ? prefixLengths.unspaced : prefixLengths.spaced;
  return lengths.flatMap((length) => (length <= letters.length ? [letters.slice(0, length).join('')] : []));
}

/** The search tokens of one agent: 8 bytes of HMAC-SHA-256 under its index key, which tell nobody else what they stand for. */
export class SearchTokens {
  readonly #subtle: Subtle;
  readonly #key: CryptoKey;
  /** The last used at the end. */
  readonly #made = new Map<string, Promise<Bytes>>();

  constructor(subtle: Subtle, key: CryptoKey) {
    this.#subtle = subtle;
    this.#key = key;
  }

  /** Returns the tokens an exchange with these words is found by: one for each word and each indexed prefix of one. */
  async ofWords(words: Iterable<string>): Promise<readonly Bytes[]> {
    const whole = new Set(words);
    const prefixes = new Set([...whole].flatMap(indexedPrefixes));
    return Promise.all([
      ...Array.from(whole, (word) => this.ofWord(word)),
      ...Array.from(prefixes, (prefix) => this.ofPrefix(prefix)),
    ]);
  }

  /** Returns the token of a whole word. */
  ofWord(word: string): Promise<Bytes> {
    return this.#token('word', word);
  }

  /** Returns the token of the words that begin so. */
  ofPrefix(prefix: string): Promise<Bytes> {
    return this.#token('prefix', prefix);
  }

  #token(kind: keyof typeof kinds, text: string): Promise<Bytes> {
    const name = `${kind} ${text}`;
    const token = this.#made.get(name) ?? this.#make(kind, text);
    this.#made.delete(name);
    this.#made.set(name, token);
    token.catch(() => this.#made.delete(name));
    const [oldest] = this.#made.keys();
    if (this.#made.size > remembered && oldest !== undefined) this.#made.delete(oldest);
    return token;
  }

  async #make(kind: keyof typeof kinds, text: string): Promise<Bytes> {
    const whole = await ScratchBuffer.use((scratch) =>
      mac(this.#subtle, this.#key, scratch.concat(label('search token'), kinds[kind], text)),
    );
    return whole.slice(0, tokenLength);
  }
}
