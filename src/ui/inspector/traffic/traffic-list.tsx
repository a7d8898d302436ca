import { memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { cutText } from '../../../protocol/wire/cut.ts';
import { formatBytes, formatDateTime, formatDuration, formatMoment } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { useListbox } from '../../design/use-listbox.ts';
import { usePrinting } from '../../design/use-printing.ts';
import { useToday } from '../../design/use-today.ts';
import type { TrafficRow } from './traffic-row.ts';

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

/**
 * Shows the rows, of which only those in view are in the page. A listbox: one stop for Tab, arrows move, and each row
 * says which of how many it is, which a list whose items are mostly not there cannot.
 */
export function TrafficList({ rows, open, onOpen, following }: TrafficListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const isPrinting = usePrinting();
  const [atEnd, setAtEnd] = useState(true);
  const id = useId();
  const ids = useMemo(() => rows.map(({ entry }) => entry.id), [rows]);
  const { active, at, setActive, onKeyDown } = useListbox({
    ids,
    open,
    onOpen,
    scrollTo: (index) => list.current?.scrollToIndex(index, { align: 'nearest' }),
  });

  useEffect(() => {
    if (following && atEnd && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows.length, following, atEnd]);

  const drawn = (row: TrafficRow, index: number) => (
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
  );

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
        aria-label="HTTP exchanges, the newest last"
        aria-activedescendant={at === -1 ? undefined : `${id}-${active}`}
        tabIndex={0}
        ref={scroller}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setAtEnd(scrollTop + clientHeight >= scrollHeight - nearEnd)
        }
      >
        {isPrinting ? (
          rows.map(drawn)
        ) : (
          <Virtualizer ref={list} scrollRef={scroller} data={rows} itemSize={28}>
            {drawn}
          </Virtualizer>
        )}
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

/** Returns the bytes of the exchanges under a row; the row itself may be one of them. */
function sizeOfParts({ entry, parts = [] }: TrafficRow): number {
  return parts.reduce(
    (sum, part) => (part.entry.id === entry.id ? sum : sum + part.entry.requestSize + (part.entry.responseSize ?? 0)),
    0,
  );
}

const statusWords = { ok: '✓', refused: '✕', failed: '!', waiting: '○' } as const;

/** Characters of what was said that a row of one line holds: more than the widest window shows. */
const mostInRow = 500;

const Row = memo(
  function Row({ id, row, index, count, active, open, onOpen }: RowProps) {
    const { entry, peerId, kind, content, status, outcome } = row;
    const { at, direction, requestSize, responseSize = 0, durationMs } = entry;
    const today = useToday();
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
        <time title={formatDateTime(at)}>{formatMoment(at, today)}</time>
        <span>
          <span aria-hidden="true">{direction === 'outgoing' ? '▸' : '◂'}</span>
          <span className="visually-hidden">{direction === 'outgoing' ? 'to' : 'from'}</span>
        </span>
        <span className="traffic-peer">
          <PartyMark agentId={peerId} /> <UntrustedText text={peerId} />
        </span>
        <span className="traffic-kind">
          <UntrustedText text={kind} />
        </span>
        <span className="traffic-content">
          <UntrustedText text={cutText(content, mostInRow)} />
        </span>
        <span className="traffic-status">
          {statusWords[status]} <UntrustedText text={outcome} />
        </span>
        <span className="traffic-figure">{formatBytes(requestSize + responseSize + sizeOfParts(row))}</span>
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
