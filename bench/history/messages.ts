import type { ExchangeView, Json } from '../../src/agent/contracts/views.ts';

const onsets = [
  '',
  'b',
  'c',
  'd',
  'f',
  'g',
  'h',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'st',
  'tr',
  'pl',
  'con',
  're',
  'in',
];
const nuclei = ['a', 'e', 'i', 'o', 'u', 'ea', 'io'];
const codas = ['', '', 'n', 'r', 's', 't', 'l', 'nd', 'ng', 'st'];
const methods = ['book_flight', 'search_hotels', 'echo', 'get_weather', 'reserve_table', 'summarize', 'translate_text'];
const members = ['city', 'from', 'to', 'date', 'passengers', 'language', 'limit', 'price', 'currency', 'name'];
const vocabularySize = 20_000;

/** The word that stands in half of all messages. */
export const commonWord = 'frequent';

/**
 * Exchanges as agents might have them, the same for the same seed: a method, some named members, and a text of 10 to 30 words
 * out of 20,000, the n-th most common of them about as often as 1/n (Zipf), common words shorter than rare ones.
 */
export function* exchanges(count: number, seed: number): Generator<ExchangeView & { readonly sequence: number }> {
  const vocabulary = makeVocabulary(randomOf(1));
  const random = randomOf(seed);
  const nextWord = zipf(vocabulary, random);
  const pick = <T>(from: readonly T[], otherwise: T) => from[Math.floor(random() * from.length)] ?? otherwise;
  for (let sequence = 1; sequence <= count; sequence++) {
    const words = Array.from({ length: 10 + Math.floor(21 * random()) }, nextWord);
    if (random() < 0.5) words.push(commonWord);
    const parameters: Record<string, Json> = { text: words.slice(0, -4).join(' ') };
    for (let more = 0; more < 3; more++) {
      parameters[pick(members, 'name')] = random() < 0.5 ? Math.floor(10_000 * random()) : nextWord();
    }
    yield {
      requestId: `request-${sequence}`,
      sessionId: 'ab'.repeat(16),
      peerId: `peer_agent_00${sequence % 3}`,
      direction: sequence % 2 === 0 ? 'outgoing' : 'incoming',
      method: pick(methods, 'echo'),
      parameters,
      at: 1_790_000_000_000 + 1_000 * sequence,
      status: 'success',
      result: { note: words.slice(-4).join(' ') },
      durationMs: 12,
      sequence,
    };
  }
}

function makeVocabulary(random: () => number): readonly string[] {
  const words = new Set<string>();
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  while (words.size < vocabularySize) {
    const syllables = Math.max(1, Math.round(Math.log10(words.size + 2) * 0.5 + random() * 0.9));
    const word = Array.from({ length: syllables }, () => pick(onsets) + pick(nuclei) + pick(codas)).join('');
    if (word.length > 1) words.add(word);
  }
  return [...words];
}

/** Draws the n-th word with a probability in proportion to 1/(n + 2.7). */
function zipf(words: readonly string[], random: () => number): () => string {
  let sum = 0;
  const cumulated = words.map((_, index) => {
    sum += 1 / (index + 3.7);
    return sum;
  });
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = words.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return words[low] ?? '';
  };
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
