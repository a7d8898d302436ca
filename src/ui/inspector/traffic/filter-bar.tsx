import { useId, useMemo } from 'react';
import { Choice } from '../../design/choice.tsx';
import { distinct } from '../../design/distinct.ts';
import { useFilterKey } from '../../frame/filter-key.ts';
import type { TrafficFilter } from './traffic-model.ts';
import type { TrafficRow } from './traffic-row.ts';

interface FilterBarProps {
  readonly filter: TrafficFilter;
  readonly change: (next: TrafficFilter) => void;
  readonly rows: readonly TrafficRow[];
}

/** Shows the filter of the list: by text in messages, peer, direction, kind and status. */
export function FilterBar({ filter, change, rows }: FilterBarProps) {
  const id = useId();
  const box = useFilterKey();
  const peers = useMemo(() => distinct(rows.map(({ peerId }) => peerId)), [rows]);
  const kinds = useMemo(() => distinct(rows.map(({ kind }) => kind)), [rows]);
  const isDirection = (value: string): value is TrafficFilter['direction'] =>
    ['', 'outgoing', 'incoming'].includes(value);
  const isStatus = (value: string): value is TrafficFilter['status'] =>
    ['', 'ok', 'refused', 'failed', 'waiting'].includes(value);
  return (
    <search className="traffic-filter">
      <label htmlFor={id} className="visually-hidden">
        Text
      </label>
      <input
        id={id}
        ref={box}
        type="search"
        value={filter.text}
        placeholder="text in a message, a method, an id"
        aria-keyshortcuts="/"
        onChange={(event) => change({ ...filter, text: event.target.value })}
      />
      <Choice label="Peer" value={filter.peer} values={peers} onChange={(peer) => change({ ...filter, peer })} />
      <Choice
        label="Direction"
        value={filter.direction}
        values={['outgoing', 'incoming']}
        onChange={(direction) => isDirection(direction) && change({ ...filter, direction })}
      />
      <Choice label="Kind" value={filter.kind} values={kinds} onChange={(kind) => change({ ...filter, kind })} />
      <Choice
        label="Status"
        value={filter.status}
        values={['ok', 'refused', 'failed', 'waiting']}
        onChange={(status) => isStatus(status) && change({ ...filter, status })}
      />
    </search>
  );
}
