import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryStore, StoredExchange } from '../../agent/contracts/history-store.ts';
import type { ExchangeView } from '../../agent/contracts/views.ts';
import { wordsOfExchange } from '../../agent/search/exchange-words.ts';
import { searchHistory } from '../../agent/search/search.ts';
import { SearchTokens } from '../../agent/search/tokens.ts';
import { exchange } from './history-contract.ts';

/** Words as they are written, with beginnings in common; the last are of a script without spaces. */
const vocabulary =
  'Blue BLUES bluebell door doors Zürich zürcher req_12 internal interchange Interchangeable 東京都 京都'.split(' ');
const peers = ['helper_agent_001', 'other_agent_001', 'third_agent_001'];
const searches = [
  ...vocabulary,
  ...'b bl blueb blue, do ZÜR 1 interchang interchangea interchange, door,blue req 東 京 東京 都 nothing'.split(' '),
];

type Step =
  | { readonly append: string; readonly texts: readonly (readonly string[])[]; readonly times: number }
  | { readonly rewrite: number; readonly text: readonly string[] }
  | { readonly deleteUpTo: string; readonly part: number }
  | { readonly deleteSome: readonly number[] };

const text = fc.array(fc.constantFrom(...vocabulary), { maxLength: 4 });
const peer = fc.constantFrom(...peers);
const part = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  // Often so many that older ones are put together.
  {
    weight: 3,
    arbitrary: fc.record({
      append: peer,
      texts: fc.array(text, { minLength: 1, maxLength: 5 }),
      times: fc.integer({ min: 1, max: 150 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ rewrite: part, text }) },
  { weight: 1, arbitrary: fc.record({ deleteUpTo: peer, part }) },
  { weight: 1, arbitrary: fc.record({ deleteSome: fc.array(part, { maxLength: 5 }) }) },
);

/** A message in the clear, as the oracle has it. */
interface Said {
  readonly peerId: string;
  readonly sequence: number;
  readonly at: number;
  readonly text: readonly string[];
}

/** What search over every store must do: find exactly what somebody finds who reads every message. */
export function searchContract(fresh: () => Promise<HistoryStore>, runs: number): void {
  describe('search', () => {
    test('finds what was said and nothing else, after any appends, rewritings and deletions', {
      timeout: 300_000,
    }, async () => {
      const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
      const tokens = new SearchTokens(crypto.subtle, key);
      const property = fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.array(
          fc.record({
            words: fc.array(fc.constantFrom(...searches), { minLength: 1, maxLength: 2 }),
            peer: fc.option(peer),
          }),
          {
            minLength: 12,
            maxLength: 12,
          },
        ),
        async (steps, wanted) => {
          const world = new Conversations(await fresh(), tokens);
          for (const one of steps) await world.take(one);
          for (const { words, peer: of } of wanted) await world.compare(words.join(' '), of ?? undefined);
        },
      );
      await fc.assert(property, { numRuns: runs, endOnFailure: true });
    });
  });
}

/** A store, and beside it what was said in the clear. */
class Conversations {
  readonly #store: HistoryStore;
  readonly #tokens: SearchTokens;
  #said: readonly Said[] = [];
  #clock = 1_000;
  readonly #last = new Map<string, number>();

  constructor(store: HistoryStore, tokens: SearchTokens) {
    this.#store = store;
    this.#tokens = tokens;
  }

  async take(step: Step): Promise<void> {
    if ('append' in step) {
      const texts = Array.from({ length: step.times }, () => step.texts).flat();
      await this.#write(texts.map((said) => ({ ...this.#next(step.append), text: said })));
    } else if ('rewrite' in step) {
      const place = this.#at(step.rewrite);
      if (place !== undefined) await this.#write([{ ...place, text: step.text }]);
    } else if ('deleteUpTo' in step) {
      const upTo = Math.floor(step.part * (this.#last.get(step.deleteUpTo) ?? 0));
      await this.#store.deleteExchanges(step.deleteUpTo, { upTo }, []);
      this.#said = this.#said.filter(({ peerId, sequence }) => peerId !== step.deleteUpTo || sequence > upTo);
    } else {
      for (const { peerId, sequence } of step.deleteSome.flatMap((share) => this.#at(share) ?? [])) {
        await this.#store.deleteExchanges(peerId, { sequences: [sequence] }, []);
        this.#said = this.#said.filter((one) => one.peerId !== peerId || one.sequence !== sequence);
      }
    }
  }

  async compare(search: string, peerId: string | undefined): Promise<void> {
    const expected = this.#said
      .filter((said) => (peerId === undefined || said.peerId === peerId) && isFoundBy(said.text, search))
      .sort((a, b) => b.at - a.at)
      .map(({ peerId: of, sequence }) => `${of} ${sequence}`);
    const found: string[] = [];
    for (const offset of [0, 7]) {
      const { total, exchanges } = await searchHistory(
        {
          store: this.#store,
          tokens: this.#tokens,
          read: async (records) => records.map(readInTheClear),
          environment: { monotonic: () => 0 },
        },
        { text: search, offset, count: offset === 0 ? 7 : 500, ...(peerId === undefined ? {} : { peerId }) },
      );
      // Beyond 1,000 candidates the number may count some that only begin alike.
      if (this.#said.length <= 1_000) expect(total, search).toBe(expected.length);
      expect(total, search).toBeGreaterThanOrEqual(expected.length);
      found.push(...exchanges.map((one) => `${one.peerId} ${one.sequence}`));
    }
    expect(found, search).toEqual(expected.slice(0, 507));
  }

  #next(peerId: string): Omit<Said, 'text'> {
    const sequence = (this.#last.get(peerId) ?? 0) + 1;
    this.#last.set(peerId, sequence);
    return { peerId, sequence, at: this.#clock++ };
  }

  #at(share: number): Said | undefined {
    return this.#said[Math.floor(share * this.#said.length)];
  }

  async #write(all: readonly Said[]): Promise<void> {
    const exchanges = await Promise.all(
      all.map(async ({ peerId, sequence, at, text: said }) => {
        const ciphertext = new TextEncoder().encode(said.join(' '));
        const { record } = exchange({ peerId, sequence, at, ciphertext });
        return { record, tokens: await this.#tokens.ofWords(wordsOfExchange(readInTheClear(record))) };
      }),
    );
    await this.#store.commit({ exchanges, audit: [] });
    const isRewritten = new Set(all.map(({ peerId, sequence }) => `${peerId} ${sequence}`));
    this.#said = [...this.#said.filter(({ peerId, sequence }) => !isRewritten.has(`${peerId} ${sequence}`)), ...all];
  }
}

/** The exchange of a record that was not encrypted. */
function readInTheClear({ ciphertext, ...place }: StoredExchange): ExchangeView {
  const parameters = new TextDecoder().decode(ciphertext);
  return { ...place, requestId: '', method: '', parameters, status: 'success' };
}

/** What a reader would say: every word of the search is there; the last may go on, unless a comma ends it. */
function isFoundBy(text: readonly string[], search: string): boolean {
  const plain = (written: string) => written.normalize('NFKC').toLowerCase();
  const there = text.map(plain).flatMap((word) => word.split('_'));
  const terms = plain(search)
    .split(/[ ,_]/)
    .filter((term) => term !== '');
  return terms.every((term, index) => {
    if (/\p{Script=Han}/u.test(term)) return there.some((word) => word.includes(term));
    const mayGoOn = index === terms.length - 1 && !search.endsWith(',') && term.length > 1;
    return there.some((word) => word === term || (mayGoOn && word.startsWith(term)));
  });
}
