import { type KeyboardEvent, memo, useEffect, useId, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { formatBytes, formatDateTime, formatDuration, formatTime } from '../design/format.ts';
import { PartyMark } from '../design/party.tsx';
import type { TrafficRow } from './traffic-model.ts';

interface TrafficListProps {
  readonly rows: readonly TrafficRow[];
  /** The id of the open row. */
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  /** Whether the newest row is kept in view, unless the reader has scrolled away from it. */
  readonly following: boolean;
}

/** Pixels from the end within which a reader counts as being there. */
const nearEnd = 60;
/** Rows that Page Up and Page Down move by. */
const pageRows = 20;

/**
 * The rows, of which only those in view are in the page. A listbox: one stop for Tab, arrows move, and each row says which
 * of how many it is, which a list whose items are mostly not there cannot.
 */
export function TrafficList({ rows, open, onOpen, following }: TrafficListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [active, setActive] = useState<string | undefined>(open);
  const [atEnd, setAtEnd] = useState(true);
  const id = useId();
  const at = rows.findIndex(({ entry }) => entry.id === active);

  useEffect(() => {
    if (following && atEnd && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows.length, following, atEnd]);

  const move = (to: number) => {
    const index = Math.min(rows.length - 1, Math.max(0, to));
    setActive(rows[index]?.entry.id);
    list.current?.scrollToIndex(index, { align: 'nearest' });
  };
  const onKey = (event: KeyboardEvent) => {
    const from = at === -1 ? rows.length : at;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: from - 1,
      PageDown: at + pageRows,
      PageUp: from - pageRows,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' && active !== undefined) {
      onOpen(open === active ? undefined : active);
    } else if (event.key === 'Escape') {
      onOpen(undefined);
    }
  };
  return (
    <div className="traffic-list">
      <div className="traffic-row traffic-columns" aria-hidden="true">
        <span>time</span>
        <span />
        <span>peer</span>
        <span>kind</span>
        <span>content</span>
        <span>status</span>
        <span>size</span>
        <span>took</span>
      </div>
      <div
        className="traffic-scroll"
        role="listbox"
        aria-label="Exchanges, the newest last"
        aria-activedescendant={at === -1 ? undefined : `${id}-${active}`}
        tabIndex={0}
        ref={scroller}
        onKeyDown={onKey}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setAtEnd(scrollTop + clientHeight >= scrollHeight - nearEnd)
        }
      >
        <Virtualizer ref={list} scrollRef={scroller} data={rows} itemSize={28}>
          {(row, index) => (
            <Row
              key={row.entry.id}
              id={`${id}-${row.entry.id}`}
              row={row}
              index={index}
              count={rows.length}
              active={row.entry.id === active}
              open={row.entry.id === open}
              onOpen={(next) => {
                setActive(row.entry.id);
                onOpen(next);
              }}
            />
          )}
        </Virtualizer>
        {rows.length === 0 && <p className="traffic-empty muted">No exchange matches the filter.</p>}
      </div>
      {!atEnd && (
        <button
          type="button"
          className="button traffic-newest"
          onClick={() => list.current?.scrollToIndex(rows.length - 1, { align: 'end' })}
        >
          Newest ↓
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: TrafficRow;
  readonly index: number;
  readonly count: number;
  readonly active: boolean;
  readonly open: boolean;
  readonly onOpen: (id: string | undefined) => void;
}

const statusWords = { ok: '✓', refused: '✕', failed: '!', waiting: '○' } as const;

const Row = memo(
  function Row({ id, row, index, count, active, open, onOpen }: RowProps) {
    const { entry, peerId, kind, content, status, outcome } = row;
    const { at, direction, requestSize, responseSize = 0, durationMs } = entry;
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keyboard, as a listbox does
      // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and points at its active option
      <div
        id={id}
        className="traffic-row"
        role="option"
        aria-selected={open}
        aria-setsize={count}
        aria-posinset={index + 1}
        data-active={active}
        data-status={status}
        onClick={() => onOpen(open ? undefined : entry.id)}
      >
        <time title={formatDateTime(at)}>{formatTime(at)}</time>
        <span>
          <span aria-hidden="true">{direction === 'outgoing' ? '▸' : '◂'}</span>
          <span className="visually-hidden">{direction === 'outgoing' ? 'to' : 'from'}</span>
        </span>
        <span className="traffic-peer">
          <PartyMark agentId={peerId} /> {peerId}
        </span>
        <span className="traffic-kind">{kind}</span>
        <span className="traffic-content">{content}</span>
        <span className="traffic-status">
          {statusWords[status]} {outcome}
        </span>
        <span className="traffic-figure">{formatBytes(requestSize + responseSize)}</span>
        <span className="traffic-figure">{durationMs === undefined ? '' : formatDuration(durationMs)}</span>
      </div>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.active === b.active &&
    a.open === b.open &&
    a.count === b.count &&
    a.index === b.index &&
    a.id === b.id,
);
