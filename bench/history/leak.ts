import { wordsOfExchange } from '../../src/agent/search/exchange-words.ts';
import { indexedPrefixes, SearchTokens } from '../../src/agent/search/tokens.ts';
import { toHex } from '../../src/protocol/bytes.ts';
import { exchanges } from './messages.ts';

/** Messages of the index that is attacked, and of the sample that the attacker has in the clear. */
const messages = 2_000;
/** How far in the order of frequency the second attack looks around a token, and in how many records it has to stand. */
const window = 300;
const fewest = 5;

/** Which records have what: by token in the index, by term in the clear. */
type Occurrences = ReadonlyMap<string, ReadonlySet<number>>;

/** How much of an index an attack named rightly. */
interface Named {
  /** Share of the different tokens. */
  readonly ofTokens: number;
  /** Share of all places where a token stands: how much of the text is read. */
  readonly ofText: number;
}

/** What the attacks made of an index. */
export interface Leak {
  readonly index: string;
  readonly knows: string;
  readonly tokens: number;
  readonly tokensOfRecord: number;
  readonly byFrequency: Named;
  readonly byPrefixes: Named;
}

/**
 * Attacks the index of 2,000 messages as somebody who has a copy of the disk and knows how often each word is used: from as many
 * other messages of the same kind, or exactly. First by frequency: the n-th most common token is taken for the n-th most common
 * term. Then by prefixes: see `byPrefixes`.
 */
export async function measureLeak(): Promise<readonly Leak[]> {
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  const tokens = new SearchTokens(crypto.subtle, key);
  const found: Leak[] = [];
  for (const [index, shortest] of [
    ['of whole words alone', Number.POSITIVE_INFINITY],
    ['with prefixes from 4 letters on', 4],
    ['as it is, with prefixes from 2 letters on', 2],
  ] as const) {
    const own = termsOf(1, shortest);
    const termOf = new Map<string, string>();
    const seen = new Map<string, ReadonlySet<number>>();
    for (const [term, records] of own) {
      const token = toHex(await (term.startsWith('=') ? tokens.ofWord(term.slice(1)) : tokens.ofPrefix(term)));
      termOf.set(token, term);
      seen.set(token, records);
    }
    for (const [knows, known] of [
      ['other messages of the kind', termsOf(2, shortest)],
      ['exactly how often each word is used', own],
    ] as const) {
      found.push({ index, knows, ...judge(seen, known, termOf) });
    }
  }
  return found;
}

/** The terms of messages: `=word` for whole words, and prefixes of some length on as they are. */
function termsOf(seed: number, shortestPrefix: number): Occurrences {
  const all = new Map<string, Set<number>>();
  for (const exchange of exchanges(messages, seed)) {
    const words = [...wordsOfExchange(exchange)];
    const prefixes = words.flatMap(indexedPrefixes).filter(({ length }) => length >= shortestPrefix);
    for (const term of [...words.map((word) => `=${word}`), ...prefixes]) {
      const records = all.get(term) ?? new Set();
      records.add(exchange.sequence);
      all.set(term, records);
    }
  }
  return all;
}

function judge(
  seen: Occurrences,
  known: Occurrences,
  termOf: ReadonlyMap<string, string>,
): Omit<Leak, 'index' | 'knows'> {
  const places = [...seen.values()].reduce((sum, { size }) => sum + size, 0);
  const named = (guess: ReadonlyMap<string, string>): Named => {
    const right = [...seen].filter(([token]) => guess.get(token) === termOf.get(token));
    return {
      ofTokens: right.length / seen.size,
      ofText: right.reduce((sum, [, { size }]) => sum + size, 0) / places,
    };
  };
  const frequency = byFrequency(seen, known);
  return {
    tokens: seen.size,
    tokensOfRecord: places / messages,
    byFrequency: named(frequency),
    byPrefixes: named(byPrefixes(seen, known, frequency)),
  };
}

/** By frequency; what is equally common in the order of its name, which tells nothing. */
function ranked(occurrences: Occurrences): readonly string[] {
  return [...occurrences].sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1)).map(([name]) => name);
}

function byFrequency(seen: Occurrences, known: Occurrences): ReadonlyMap<string, string> {
  const terms = ranked(known);
  return new Map(ranked(seen).map((token, rank) => [token, terms[rank] ?? '']));
}

/**
 * Names a token by the tokens that stand wherever it stands: those of the prefixes of its word are among them. What is right
 * should have about its frequency, and each of its shorter prefixes about the frequency of one of them.
 */
function byPrefixes(
  seen: Occurrences,
  known: Occurrences,
  frequency: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const tokensOf = new Map<number, Set<string>>();
  for (const [token, records] of seen) {
    for (const record of records) tokensOf.set(record, (tokensOf.get(record) ?? new Set()).add(token));
  }
  const around = (token: string): readonly number[] => {
    let common: readonly string[] | undefined;
    for (const record of seen.get(token) ?? []) {
      const there = tokensOf.get(record) ?? new Set<string>();
      common = (common ?? [...there]).filter((other) => other !== token && there.has(other));
    }
    return [...new Set((common ?? []).map((other) => Math.log(seen.get(other)?.size ?? 1)))];
  };
  const terms = ranked(known);
  /** The logarithms of how common a term and its prefixes are. */
  const expectedOf = terms.map((term) => {
    const prefixes = indexedPrefixes(term.replace('=', '')).filter((prefix) => prefix !== term);
    return [term, ...prefixes].flatMap((one) => known.get(one)?.size ?? []).map(Math.log);
  });
  return new Map(
    ranked(seen).map((token, rank) => {
      const size = seen.get(token)?.size ?? 0;
      let best = frequency.get(token) ?? '';
      // What stands in few records stands beside too much by chance.
      if (size < fewest) return [token, best];
      const own = [Math.log(size)];
      const others = around(token);
      let least = Number.POSITIVE_INFINITY;
      for (let other = Math.max(0, rank - window); other <= rank + window; other++) {
        const distance = distanceBetween(expectedOf[other] ?? [], own, others);
        if (distance < least) [best, least] = [terms[other] ?? '', distance];
      }
      return [token, best];
    }),
  );
}

/** How far on average what is expected is from what is there: the first from `own`, the rest from the nearest of `others`. */
function distanceBetween(expected: readonly number[], own: readonly number[], others: readonly number[]): number {
  let sum = 0;
  for (const [index, wanted] of expected.entries()) {
    let nearest = 1;
    for (const there of index === 0 ? own : others) nearest = Math.min(nearest, Math.abs(there - wanted));
    sum += nearest;
  }
  return expected.length === 0 ? Number.POSITIVE_INFINITY : sum / expected.length;
}
