import type { AgentStore } from '../../src/agent/contracts/ports.ts';
import { openExchange, sealExchange } from '../../src/agent/history/record.ts';
import { wordsOfExchange } from '../../src/agent/search/exchange-words.ts';
import { haveAll, termsOf } from '../../src/agent/search/query.ts';
import { type SearchDeps, searchHistory } from '../../src/agent/search/search.ts';
import { SearchTokens } from '../../src/agent/search/tokens.ts';
import { commonWord, exchanges } from './messages.ts';

type RecordContext = Parameters<typeof sealExchange>[0];

/** Where the history is kept while it is measured. */
export interface BenchStores {
  /** Opens the store of this name: a new one, or the same again. */
  open(name: string): Promise<AgentStore>;
  /** Lets go of a store, so that the next opening finds nothing in memory. */
  close(store: AgentStore): void;
  /** Bytes of everything that the index of this store holds. The store is closed. */
  indexBytes(name: string): Promise<number>;
}

/** A line of the result. Times in milliseconds, sizes in bytes. */
export interface HistoryRow {
  readonly runtime: string;
  readonly messages: number;
  /** Writing one message of a batch of 16: encrypted, with its tokens, and without any. */
  readonly append: number;
  readonly appendWithoutIndex: number;
  /** Encrypting one message of a batch of 16 with AES-256-GCM, and nothing else. */
  readonly appendFloor: number;
  /** Keeping one request by itself, durably, as an agent does before it sends: the median. */
  readonly keepRequest: number;
  readonly indexBytesPerMessage: number;
  /** By what is looked for, the median of 7 searches; a page of 50 is decrypted. */
  readonly search: Readonly<Record<string, { readonly found: number; readonly ms: number }>>;
  /** The first search after the store was opened. */
  readonly firstSearch: number;
  /** Decrypting every message instead, once. */
  readonly withoutIndex: number;
}

const sizes = [1_000, 10_000, 50_000];
const batchSize = 16;
const repeats = 7;
/** Messages that are kept without the index to see what it costs. */
const mostPlain = 2_000;
/** What is looked for. */
const searches = {
  'in half of all': `${commonWord} `,
  'two words': `${commonWord} echo `,
  'three words': `${commonWord} book flight `,
  'two letters': 're',
  'nine letters': longWord().slice(0, 9),
  nothing: 'xyzzyx ',
};

/** Measures appending and searching at 1,000, 10,000 and 50,000 messages of one agent with three peers. */
export async function benchHistory(runtime: string, stores: BenchStores): Promise<readonly HistoryRow[]> {
  const { subtle } = crypto;
  const hmac = () => subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  const record = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const context: RecordContext = {
    agentId: 'bench_agent_001',
    keys: { record, index: await hmac(), opening: await hmac() },
    environment: { subtle, random },
  };
  const rows: HistoryRow[] = [];
  for (const messages of sizes) {
    const appendWithoutIndex = await append(stores, context, `plain_${messages}`, Math.min(messages, mostPlain), false);
    const appendFloor = await encrypt(context, messages);
    const name = `indexed_${messages}`;
    const appended = await append(stores, context, name, messages, true);
    const store = await stores.open(name);
    const deps: SearchDeps = {
      store,
      tokens: new SearchTokens(subtle, context.keys.index),
      read: async (found) =>
        (await Promise.all(found.map((one) => openExchange(context, one)))).flatMap((one) => one ?? []),
      environment: { monotonic: () => performance.now() },
    };
    const firstSearch = (await searchHistory(deps, { text: searches['in half of all'] })).durationMs;
    const search: Record<string, { found: number; ms: number }> = {};
    for (const [what, text] of Object.entries(searches)) {
      const found = [];
      for (let repeat = 0; repeat < repeats; repeat++) found.push(await searchHistory(deps, { text }));
      const times = found.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
      search[what] = { found: found[0]?.total ?? 0, ms: times[repeats >> 1] ?? 0 };
    }
    const withoutIndex = await decryptAll(store, context, searches['in half of all']);
    stores.close(store);
    const indexBytesPerMessage = (await stores.indexBytes(name)) / messages;
    const again = await stores.open(name);
    const keepRequest = await keepAlone(again, context, messages);
    stores.close(again);
    rows.push({
      runtime,
      messages,
      append: appended,
      appendWithoutIndex,
      appendFloor,
      keepRequest,
      indexBytesPerMessage,
      search,
      firstSearch,
      withoutIndex,
    });
  }
  return rows;
}

/** The first word of ten letters or more: a beginning of nine is longer than any that has a token. */
function longWord(): string {
  for (const exchange of exchanges(100, 1)) {
    for (const word of wordsOfExchange(exchange)) if (word.length >= 10 && /^[a-z]+$/.test(word)) return word;
  }
  return '';
}

/** Requests that are kept one by one. */
const keptAlone = 51;

/** Milliseconds that encrypting each message takes by itself. */
async function encrypt({ keys, environment }: RecordContext, messages: number): Promise<number> {
  const all = [...exchanges(messages, 1)].map((exchange) => new TextEncoder().encode(JSON.stringify(exchange)));
  const additionalData = environment.random(150);
  const started = performance.now();
  for (let first = 0; first < messages; first += batchSize) {
    const batch = all.slice(first, first + batchSize);
    await Promise.all(
      batch.map((plaintext) => {
        const algorithm = { name: 'AES-GCM', iv: environment.random(12), additionalData, tagLength: 128 } as const;
        return environment.subtle.encrypt(algorithm, keys.record, plaintext);
      }),
    );
  }
  return (performance.now() - started) / messages;
}

/** The median of the milliseconds that keeping one open exchange takes, behind `messages` others. */
async function keepAlone(store: AgentStore, context: RecordContext, messages: number): Promise<number> {
  const tokens = new SearchTokens(context.environment.subtle, context.keys.index);
  const times: number[] = [];
  for (const exchange of exchanges(keptAlone, 2)) {
    const started = performance.now();
    const open = { ...exchange, sequence: messages + exchange.sequence, status: 'pending' } as const;
    const kept = {
      record: await sealExchange(context, open),
      tokens: await tokens.ofWords(wordsOfExchange(open)),
    };
    await store.commit({ exchanges: [kept], audit: [] });
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[keptAlone >> 1] ?? 0;
}

/** Milliseconds that each message took. */
async function append(
  stores: BenchStores,
  context: RecordContext,
  name: string,
  messages: number,
  isIndexed: boolean,
): Promise<number> {
  const store = await stores.open(name);
  const tokens = new SearchTokens(context.environment.subtle, context.keys.index);
  const all = [...exchanges(messages, 1)];
  const started = performance.now();
  for (let first = 0; first < messages; first += batchSize) {
    const batch = all.slice(first, first + batchSize).map(async (exchange) => ({
      record: await sealExchange(context, exchange),
      tokens: isIndexed ? await tokens.ofWords(wordsOfExchange(exchange)) : [],
    }));
    await store.commit({ exchanges: await Promise.all(batch), audit: [] });
  }
  const each = (performance.now() - started) / messages;
  stores.close(store);
  return each;
}

/** Milliseconds to read every message and look for words in it. */
async function decryptAll(store: AgentStore, context: RecordContext, text: string): Promise<number> {
  const started = performance.now();
  const terms = termsOf(text);
  for (const { peerId } of await store.usages()) {
    let before: number | undefined;
    do {
      const records = await store.exchangesBefore(peerId, before, 500);
      for (const exchange of await Promise.all(records.map((one) => openExchange(context, one)))) {
        if (exchange !== undefined) haveAll(wordsOfExchange(exchange), terms);
      }
      before = records.at(-1)?.sequence;
    } while (before !== undefined);
  }
  return performance.now() - started;
}
