import type { Environment } from '../../protocol/crypto/environment.ts';
import { bytesAtOnce, type HistoryStore, type StoredExchange } from '../contracts/history-store.ts';
import type { SearchInput, SearchView } from '../contracts/history-views.ts';
import type { ExchangeView } from '../contracts/views.ts';
import { wordsOfExchange } from './exchange-words.ts';
import { haveAll, isExact, lookupOf, type Term, termsOf } from './query.ts';
import type { SearchTokens } from './tokens.ts';

/** Characters of a search that are looked at. */
const longestText = 1_000;
/** Exchanges of a page when nobody says how many, and at most. */
const pageSize = { usual: 50, most: 500 } as const;
/** Candidates that are read to tell which of them have a prefix longer than any that is indexed; and how many at once. */
const confirmed = { most: 1_000, atOnce: 200 } as const;

/** What a search works with. */
export interface SearchDeps {
  readonly store: Pick<HistoryStore, 'exchangesWith'>;
  readonly tokens: Pick<SearchTokens, 'ofWord' | 'ofPrefix'>;
  readonly read: (records: readonly StoredExchange[]) => Promise<readonly ExchangeView[]>;
  readonly environment: Pick<Environment, 'monotonic'>;
}

/**
 * Finds exchanges in the kept history by the tokens of what is looked for; nothing is decrypted but what is shown. Only for a
 * prefix longer than any that is indexed the first 1,000 candidates are read too, and `total` may be too high beyond them.
 * Rejects with `storage_failed`.
 */
export async function searchHistory(deps: SearchDeps, input: SearchInput): Promise<SearchView> {
  const started = deps.environment.monotonic();
  const words = termsOf(input.text.slice(0, longestText));
  const page = {
    offset: Math.max(0, Math.trunc(input.offset ?? 0)),
    count: Math.max(1, Math.min(Math.trunc(input.count ?? pageSize.usual), pageSize.most)),
  };
  const found = words.length === 0 ? { total: 0, exchanges: [] } : await find(deps, words, input.peerId, page);
  return { ...found, words, durationMs: deps.environment.monotonic() - started };
}

interface Page {
  readonly offset: number;
  readonly count: number;
}

type Found = Pick<SearchView, 'total' | 'exchanges'>;

interface Candidates extends Found {
  /** Bytes of ciphertext of each exchange. */
  readonly sizes: readonly number[];
}

async function find(deps: SearchDeps, terms: readonly Term[], peerId: string | undefined, page: Page): Promise<Found> {
  const tokens = await Promise.all(
    terms.map(lookupOf).map(({ text, isPrefix }) => deps.tokens[isPrefix ? 'ofPrefix' : 'ofWord'](text)),
  );
  const candidates = async (of: Page): Promise<Candidates> => {
    const options = { ...of, bytes: bytesAtOnce, ...(peerId === undefined ? {} : { peerId }) };
    const { total, exchanges } = await deps.store.exchangesWith(tokens, options);
    return {
      total,
      exchanges: await deps.read(exchanges),
      sizes: exchanges.map(({ ciphertext }) => ciphertext.length),
    };
  };
  if (!isExact(terms)) return confirmedOf(candidates, terms, page);
  const { total, exchanges } = await candidates(page);
  return { total, exchanges };
}

/** Reads candidates, the newest first, and leaves out those that only begin alike. */
async function confirmedOf(
  candidates: (page: Page) => Promise<Candidates>,
  terms: readonly Term[],
  { offset, count }: Page,
): Promise<Found> {
  const page: ExchangeView[] = [];
  let right = 0;
  let bytesLeft = bytesAtOnce;
  for (let looked = 0; ; ) {
    const { total, exchanges, sizes } = await candidates({ offset: looked, count: confirmed.atOnce });
    for (const [index, exchange] of exchanges.entries()) {
      if (!haveAll(wordsOfExchange(exchange), terms)) continue;
      right += 1;
      if (right <= offset || right > offset + count) continue;
      bytesLeft -= sizes[index] ?? 0;
      if (bytesLeft >= 0 || page.length === 0) page.push(exchange);
    }
    looked += exchanges.length;
    const isEnough = looked >= confirmed.most && right >= offset + count;
    if (exchanges.length > 0 && looked < total && !isEnough) continue;
    return { total: right + Math.max(0, total - looked), exchanges: page };
  }
}
