import type { CarriedView } from '../../../agent/contracts/carried-view.ts';
import { type ExchangeView, exchangeKey, type WireView } from '../../../agent/contracts/views.ts';
import { bodyName, wireRow } from '../wire/wire-model.ts';
import { carriedWords, withParts } from './stream-parts.ts';
import type { RowStatus, TrafficRow } from './traffic-row.ts';

const made = new WeakMap<WireView, TrafficRow>();

/** Returns rows for all entries, in their order, the parts of a stream under its request. One that has not changed is the same object as before. */
export function trafficRows(
  wire: readonly WireView[],
  exchanges: readonly ExchangeView[],
  ownId: string,
): readonly TrafficRow[] {
  const byKey = new Map(exchanges.map((exchange) => [exchangeKey(exchange), exchange]));
  const answering = lastAnswered(wire);
  const rows = wire.map((entry) => {
    const key = keyOf(entry);
    const exchange = byKey.get(key);
    const isIt = entry.direction === 'incoming' || answering.get(key) === entry.id;
    const isAnswered = isSettled(exchange) && isOk(entry) && isIt;
    const known = made.get(entry);
    if (known !== undefined && known.exchange === exchange && known.isAnswered === isAnswered) return known;
    const row = trafficRow(entry, exchange, { isAnswered, ownId });
    made.set(entry, row);
    return row;
  });
  return withParts(rows);
}

/**
 * Returns the HTTP exchange that brought each answer, by the exchange's key. Of several that were answered, the last one of this agent's
 * requests counts, since what was sent again had no answer that could be read; a peer gets its answer each time it asks.
 */
function lastAnswered(wire: readonly WireView[]): ReadonlyMap<string, string> {
  return new Map(wire.filter(isOk).map((entry) => [keyOf(entry), entry.id]));
}

function keyOf({ direction, peerId = '', requestId = '' }: WireView): string {
  return exchangeKey({ direction, peerId, requestId });
}

function isOk({ status = 0, failure, carried }: WireView): boolean {
  return failure === undefined && status >= 200 && status < 300 && carried?.answered !== 'PENDING';
}

function isSettled(exchange: ExchangeView | undefined): boolean {
  return exchange?.status === 'success' || exchange?.status === 'error';
}

function trafficRow(
  entry: WireView,
  exchange: ExchangeView | undefined,
  { isAnswered, ownId }: { readonly isAnswered: boolean; readonly ownId: string },
): TrafficRow {
  const read = wireRow(entry, ownId);
  const peerId = entry.direction === 'outgoing' ? read.to : read.from;
  const refusal = read.response.type === 'members' ? read.response.problemCode : undefined;
  const { carried } = entry;
  const asked = carried === undefined || carried.asked === 'REQUEST' ? undefined : carried.asked;
  const kind =
    exchange?.method ?? asked ?? (entry.requestId?.startsWith('close_') === true ? 'CLOSE' : bodyName(read.request));
  const words = carried === undefined ? '' : carriedWords(carried);
  const content = exchange === undefined ? words : contentOf(exchange, isAnswered);
  const status = statusOf(entry, isAnswered ? exchange : undefined, refusal);
  const outcome =
    entry.failure?.code ??
    refusal ??
    answeredWord(carried) ??
    (isAnswered ? answerOf(exchange) : undefined) ??
    (entry.status === undefined ? '' : String(entry.status));
  return {
    entry,
    ...(exchange === undefined ? {} : { exchange }),
    isAnswered,
    peerId,
    kind,
    content,
    status,
    outcome,
    haystack: [kind, content, peerId, outcome, entry.requestId ?? '', entry.sessionId ?? '', bodyName(read.response)]
      .join('\n')
      .toLowerCase(),
  };
}

function contentOf({ parameters, result, error }: ExchangeView, isAnswered: boolean): string {
  const asked = JSON.stringify(parameters);
  if (!isAnswered) return asked;
  if (error !== undefined) return `${asked} → ${error.code}: ${error.detail}`;
  return result === undefined ? asked : `${asked} → ${JSON.stringify(result)}`;
}

function answerOf(exchange: ExchangeView | undefined): string | undefined {
  if (exchange?.status === 'success') return 'SUCCESS';
  return exchange?.status === 'error' ? (exchange.error?.code ?? 'ERROR') : undefined;
}

/** Returns how a message about a stream was answered: by its code, or in a word. */
function answeredWord(carried: CarriedView | undefined): string | undefined {
  return carried?.code ?? carried?.answered;
}

function statusOf(entry: WireView, exchange: ExchangeView | undefined, refusal: string | undefined): RowStatus {
  if (entry.failure !== undefined) return 'failed';
  if (entry.status === undefined) return 'waiting';
  if (refusal !== undefined || entry.status >= 400) return 'refused';
  return exchange?.status === 'error' || entry.carried?.answered === 'ERROR' ? 'failed' : 'ok';
}

/** Which rows are shown. Empty strings choose everything. */
export interface TrafficFilter {
  readonly text: string;
  readonly peer: string;
  readonly direction: '' | 'outgoing' | 'incoming';
  readonly kind: string;
  readonly status: '' | RowStatus;
}

export const everything: TrafficFilter = { text: '', peer: '', direction: '', kind: '', status: '' };
const statuses: readonly RowStatus[] = ['ok', 'refused', 'failed', 'waiting'];

/** Returns the rows that a filter chooses. */
export function chosen(rows: readonly TrafficRow[], filter: TrafficFilter): readonly TrafficRow[] {
  const text = filter.text.trim().toLowerCase();
  if (text === '' && filter.peer === '' && filter.direction === '' && filter.kind === '' && filter.status === '')
    return rows;
  return rows.filter(
    (row) =>
      (text === '' || row.haystack.includes(text)) &&
      (filter.peer === '' || row.peerId === filter.peer) &&
      (filter.direction === '' || row.entry.direction === filter.direction) &&
      (filter.kind === '' || row.kind === filter.kind) &&
      (filter.status === '' || row.status === filter.status),
  );
}

/** Reads a filter from a query string; what it does not know is not looked at. */
export function parseFilter(query: string | undefined): TrafficFilter {
  const read = new URLSearchParams(query);
  const direction = read.get('direction');
  return {
    text: (read.get('q') ?? '').slice(0, 200),
    peer: (read.get('peer') ?? '').slice(0, 64),
    direction: direction === 'outgoing' || direction === 'incoming' ? direction : '',
    kind: (read.get('kind') ?? '').slice(0, 64),
    status: statuses.find((name) => name === read.get('status')) ?? '',
  };
}

/** Returns a filter as a query string; `parseFilter` reads it back. */
export function formatFilter({ text, peer, direction, kind, status }: TrafficFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of [
    ['q', text],
    ['peer', peer],
    ['direction', direction],
    ['kind', kind],
    ['status', status],
  ]) {
    if (name !== undefined && value !== undefined && value !== '') query.set(name, value);
  }
  return query.toString();
}
