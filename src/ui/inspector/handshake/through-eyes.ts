import type { PointOfView } from '../../routing/agent-place.ts';
import { otherSide, type Side } from '../steps/timeline.ts';
import type { MessageRow, Row } from './handshake-model.ts';

/**
 * Returns the diagram as one party can know it: an agent has its own work and what it sent and received, an observer
 * of the network has the messages alone, and the Controller, which is not on the line, has nothing of it.
 */
export function throughEyes(rows: readonly Row[], pov: PointOfView | undefined): readonly Row[] {
  if (pov === undefined) return rows;
  if (pov === 'controller') return [];
  return rows.flatMap((row, i) => seen(row, pov, rows.slice(0, i), rows.slice(i + 1)));
}

function seen(
  row: Row,
  pov: Exclude<PointOfView, 'controller'>,
  before: readonly Row[],
  after: readonly Row[],
): readonly Row[] {
  switch (row.kind) {
    case 'message':
      return messageSeen(row, pov);
    case 'work':
      return row.side === pov ? [row] : hidden(row.side, before, after);
    case 'ending': {
      const own = pov === 'observer' ? undefined : row[pov];
      return own === undefined || pov === 'observer' ? [] : [{ kind: 'ending', [pov]: own }];
    }
    case 'epoch': {
      const own = pov === 'observer' ? undefined : row[pov];
      const { number, by } = row;
      return own === undefined || pov === 'observer' ? [] : [{ kind: 'epoch', number, by, [pov]: own }];
    }
    case 'elsewhere':
    case 'waiting':
      return [row];
  }
}

/** Returns the key updates as one party can know them: an agent has its own side of each, nobody else has any of it. */
export function updatesThroughEyes(updates: readonly Row[], pov: PointOfView | undefined): readonly Row[] {
  if (pov === undefined) return updates;
  if (pov === 'controller' || pov === 'observer') return [];
  return updates.flatMap((row) => (row.kind === 'work' && row.side !== pov ? [] : seen(row, pov, [], [])));
}

function messageSeen(row: MessageRow, pov: Side | 'observer'): readonly MessageRow[] {
  if (pov === 'observer') return [row];
  if (row.from !== pov) return row.fate === 'lost' ? [] : [{ ...row, fate: 'arrived' }];
  if (row.fate === 'injected') return [];
  return [{ ...row, fate: 'arrived', body: row.sentBody ?? row.body }];
}

/**
 * Hides a block of work that only its own side sees: others see the message that follows it. Work before a message
 * shows nothing.
 */
function hidden(side: Side, before: readonly Row[], after: readonly Row[]): readonly Row[] {
  const received = before.findLast((row): row is MessageRow => row.kind === 'message');
  if (received === undefined || received.from !== otherSide(side)) return [];
  const answer = after.find((row): row is MessageRow => row.kind === 'message');
  const outcome = answer === undefined ? 'unknown' : answer.message === 'PROBLEM' ? 'refused' : 'accepted';
  return [{ kind: 'elsewhere', side, of: received.message, outcome }];
}
