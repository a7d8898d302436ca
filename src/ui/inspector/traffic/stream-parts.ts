import type { CarriedView } from '../../../agent/contracts/carried-view.ts';
import type { WireView } from '../../../agent/contracts/views.ts';
import { formatBytes } from '../../design/format.ts';
import type { TrafficRow } from './traffic-row.ts';

/** True for a part of a stream: a read or a write. */
function isPart({ carried }: WireView): boolean {
  return carried?.asked === 'STREAM_READ' || carried?.asked === 'STREAM_WRITE';
}

/** Returns in one line what two envelopes carried beside what the conversation shows; empty for what it shows whole. */
export function carriedWords({ asked, from, length, isDone, cancels }: CarriedView): string {
  if (asked === 'CANCEL') return `ends the request ${cancels ?? ''}`;
  if (asked === 'REQUEST') return '';
  const size = length === undefined ? '' : `, ${formatBytes(length)}`;
  return `from byte ${(from ?? 0).toLocaleString('en')}${size}${isDone === true ? ', the last part' : ''}`;
}

const made = new WeakMap<TrafficRow, TrafficRow>();

/**
 * Returns the rows with the parts of each stream under the row of its request; where that is no longer in memory, under the first part that
 * is. A row whose parts have not changed is the same object as before.
 */
export function withParts(rows: readonly TrafficRow[]): readonly TrafficRow[] {
  const parts = new Map<string, TrafficRow[]>();
  for (const row of rows) {
    if (!isPart(row.entry)) continue;
    const name = streamOf(row);
    const known = parts.get(name);
    if (known === undefined) parts.set(name, [row]);
    else known.push(row);
  }
  if (parts.size === 0) return rows;
  const heads = new Map<string, TrafficRow>();
  for (const row of rows) {
    if (row.entry.carried?.asked === 'REQUEST' && parts.has(streamOf(row)) && !heads.has(streamOf(row))) {
      heads.set(streamOf(row), row);
    }
  }
  return rows.flatMap((row) => {
    const name = streamOf(row);
    const own = parts.get(name);
    if (own === undefined || row.entry.carried === undefined) return [row];
    const head = heads.get(name) ?? own[0];
    if (row === head) return [joined(row, own)];
    return isPart(row.entry) ? [] : [row];
  });
}

function streamOf({ entry: { carried, direction }, peerId }: TrafficRow): string {
  return `${direction} ${peerId} ${carried?.streamId ?? ''}`;
}

function joined(head: TrafficRow, parts: readonly TrafficRow[]): TrafficRow {
  const before = made.get(head);
  const isSame = before?.parts?.length === parts.length && before.parts.every((part, at) => part === parts[at]);
  if (before !== undefined && isSame) return before;
  const content = [head.content, totalWords(parts)].filter((text) => text !== '').join(' → ');
  const row = { ...head, parts, content };
  made.set(head, row);
  return row;
}

/** Returns how many parts there are, how far they go, and whether the last one has come. */
export function totalWords(parts: readonly TrafficRow[]): string {
  const carried = parts.map(({ entry }) => entry.carried);
  const end = carried.reduce((most, part) => Math.max(most, (part?.from ?? 0) + (part?.length ?? 0)), 0);
  const isWhole = carried.some((part) => part?.isDone === true);
  const count = `${parts.length.toLocaleString('en')} ${parts.length === 1 ? 'part' : 'parts'}`;
  return `${count} of a stream, up to byte ${end.toLocaleString('en')}${isWhole ? ', all of it' : ''}`;
}
