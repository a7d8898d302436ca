import { useId, useMemo, useState } from 'react';
import type { WireView as WireEntry } from '../../../agent/contracts/views.ts';
import { formatBytes } from '../../design/format.ts';
import { ObserverMark } from '../../design/party.tsx';
import type { Selectable } from '../../design/selectable.ts';
import { handleStepKeys } from '../../design/step-keys.ts';
import { useFilterKey } from '../../frame/filter-key.ts';
import { WireExchange } from './wire-exchange.tsx';
import { WireLegend } from './wire-legend.tsx';
import { matches, summarise, wireRow } from './wire-model.ts';
import { WireSummaryLine } from './wire-summary-line.tsx';
import './wire.css';

const page = 500;

interface WireLogViewProps extends Selectable {
  readonly entries: readonly WireEntry[];
  readonly ownId: string;
}

/**
 * Shows what anyone on the network saw: every HTTP exchange, the newest first. What is selected is an exchange, by
 * its id.
 */
export function WireLogView({ entries, ownId, selected: opened, onSelect: setOpened }: WireLogViewProps) {
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState(page);
  const filterBox = useFilterKey();
  const filterId = useId();
  const rows = useMemo(() => entries.map((entry) => wireRow(entry, ownId)).reverse(), [entries, ownId]);
  const summary = useMemo(() => summarise(rows), [rows]);
  const found = useMemo(
    () => (filter.trim() === '' ? rows : rows.filter((row) => matches(row, filter))),
    [rows, filter],
  );

  if (rows.length === 0) return <NothingYet />;
  return (
    <section className="wire" aria-label="What an observer saw">
      <WireSummaryLine summary={summary} />
      <WireLegend />
      <div className="wire-filter">
        <label htmlFor={filterId}>Filter</label>
        <input
          id={filterId}
          ref={filterBox}
          type="search"
          value={filter}
          placeholder="text in an address or a body"
          aria-keyshortcuts="/"
          onChange={(event) => setFilter(event.target.value)}
        />
        <kbd>/</kbd>
        <output className="small muted">
          {found.length === rows.length ? '' : `${found.length} of `}
          {rows.length} {rows.length === 1 ? 'HTTP exchange' : 'HTTP exchanges'}
        </output>
      </div>
      {found.length === 0 && (
        <p className="small muted">
          No HTTP exchange contains “{filter}”. An observer who searched for it found nothing.
        </p>
      )}
      <ol className="wire-rows" onKeyDown={(event) => handleStepKeys(event, () => setOpened(undefined))}>
        {found.slice(0, shown).map((row) => (
          <WireExchange
            key={row.entry.id}
            row={row}
            open={opened === row.entry.id}
            onToggle={() => setOpened(opened === row.entry.id ? undefined : row.entry.id)}
          />
        ))}
      </ol>
      {found.length > shown && (
        <button type="button" className="wire-more" onClick={() => setShown(shown + page)}>
          Show older ({found.length - shown} more)
        </button>
      )}
    </section>
  );
}

function NothingYet() {
  return (
    <section className="wire wire-empty" aria-label="What an observer saw">
      <h2>
        <ObserverMark /> No traffic yet
      </h2>
      <p className="small muted">
        This is the view of somebody who taps the line: every HTTP exchange, byte for byte, in both directions.{' '}
        {formatBytes(0)} so far.
      </p>
      <p>Connect to a peer, or send a message, and see how little it shows.</p>
    </section>
  );
}
