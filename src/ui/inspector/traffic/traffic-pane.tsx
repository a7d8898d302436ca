import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { ConfirmButton } from '../../design/confirm-button.tsx';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { FilterBar } from './filter-bar.tsx';
import { RowDetail } from './row-detail.tsx';
import './traffic.css';
import { TrafficList } from './traffic-list.tsx';
import { chosen, formatFilter, parseFilter, type TrafficFilter, trafficRows } from './traffic-model.ts';

interface TrafficPaneProps {
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

/** Shows everything that this agent sent and received, in all sessions: the traffic, and its content. */
export function TrafficPane({ place, go }: TrafficPaneProps) {
  const { agentId, clear } = useHosted();
  const wire = useAgentState((state) => state.wire);
  const exchanges = useAgentState((state) => state.exchanges);
  const [paused, setPaused] = useState<typeof wire>();
  const rows = useMemo(() => trafficRows(paused ?? wire, exchanges, agentId), [paused, wire, exchanges, agentId]);
  const [filter, setFilter] = useFilter(place, go);
  const deferred = useDeferredValue(filter);
  const found = useMemo(() => chosen(rows, deferred), [rows, deferred]);
  const open = rows.find(
    ({ entry, parts }) => entry.id === place.open || parts?.some((part) => part.entry.id === place.open) === true,
  );
  const show = (id: string | undefined) => {
    const { open: _, ...rest } = place;
    go({ ...rest, ...(id === undefined ? {} : { open: id }) });
  };
  const missed = paused === undefined ? 0 : wire.length - paused.length;
  return (
    <section className="talk traffic" aria-label="Traffic">
      <header className="traffic-head">
        <h2 data-section="traffic" tabIndex={-1}>
          Traffic
        </h2>
        <output className="muted">
          {found.length === rows.length ? '' : `${found.length} of `}
          {rows.length} {rows.length === 1 ? 'HTTP exchange' : 'HTTP exchanges'}
          {paused !== undefined && `, paused, ${missed} more since`}
        </output>
        <button
          type="button"
          className="button"
          aria-pressed={paused !== undefined}
          onClick={() => setPaused(paused === undefined ? wire : undefined)}
        >
          {paused === undefined ? 'Pause' : 'Resume'}
        </button>
        <ConfirmButton
          label="Clear"
          className="button button-quiet"
          heading="Clear traffic and traces?"
          description="This erases traffic, traces and ended sessions from memory, and deletes the stored recordings of ended sessions. Open sessions stay open. Conversations stay stored: delete them under History."
          confirm="Clear"
          action={async () => {
            await clear();
            setPaused(undefined);
          }}
        />
      </header>
      <FilterBar filter={filter} change={setFilter} rows={rows} />
      {rows.length === 0 ? (
        <p className="traffic-empty muted">
          No traffic yet. Connect to a peer or send it something: every handshake and every message appears here, with
          its content and what an observer saw of it.
        </p>
      ) : (
        <div className="traffic-body" data-open={place.open !== undefined}>
          <TrafficList rows={found} open={place.open} onOpen={show} following={paused === undefined} />
          {place.open !== undefined &&
            (open === undefined ? (
              <p className="traffic-detail muted">
                This row is no longer in memory: it was cleared, or the page was reloaded. Traffic is never stored.
              </p>
            ) : (
              <RowDetail key={open.entry.id} row={open} close={() => show(undefined)} go={go} />
            ))}
        </div>
      )}
    </section>
  );
}

/** Returns the filter as it is being typed, which follows the address and writes itself into it. */
function useFilter(
  place: AgentPlace,
  go: (place: AgentPlace) => void,
): readonly [TrafficFilter, (next: TrafficFilter) => void] {
  const [filter, setFilter] = useState(() => parseFilter(place.filter));
  const written = formatFilter(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address changes without the filter when one goes back
  useEffect(() => {
    if ((place.filter ?? '') !== written) setFilter(parseFilter(place.filter));
  }, [place.filter]);
  const change = (next: TrafficFilter) => {
    setFilter(next);
    const { filter: _, ...rest } = place;
    const query = formatFilter(next);
    go({ ...rest, ...(query === '' ? {} : { filter: query }) });
  };
  return [filter, change];
}
