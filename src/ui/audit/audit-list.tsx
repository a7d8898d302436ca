import { useId, useMemo, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { AuditEntryView } from '../../agent/contracts/history-views.ts';
import { formatDateTime, formatMoment } from '../design/format.ts';
import { PartyMark } from '../design/party.tsx';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { useListbox } from '../design/use-listbox.ts';
import { usePrinting } from '../design/use-printing.ts';
import { useToday } from '../design/use-today.ts';

interface AuditListProps {
  readonly entries: readonly AuditEntryView[];
  /** The index of the open entry. */
  readonly open: string | undefined;
  readonly onOpen: (index: string | undefined) => void;
  readonly disclosed: readonly number[];
  /** Called when the reader comes to the end of what was read. */
  readonly nearEnd: () => void;
  /** What is said when there are no entries to show. */
  readonly emptiness: string;
}

/** Pixels from the end within which more is read. */
const reach = 400;

/** Shows the entries, the newest first; only those in view are in the page. */
export function AuditList({ entries, open, onOpen, disclosed, nearEnd, emptiness }: AuditListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const isPrinting = usePrinting();
  const today = useToday();
  const id = useId();
  const ids = useMemo(() => entries.map(({ index }) => String(index)), [entries]);
  const { active, at, setActive, onKeyDown } = useListbox({
    ids,
    open,
    onOpen,
    scrollTo: (index) => list.current?.scrollToIndex(index, { align: 'nearest' }),
  });
  const drawn = (entry: AuditEntryView, position: number) => {
    const index = String(entry.index);
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keyboard, as a listbox does
      // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and points at its active option
      <div
        key={index}
        id={`${id}-${index}`}
        className="audit-row"
        role="option"
        aria-selected={index === open}
        aria-setsize={entries.length}
        aria-posinset={position + 1}
        data-active={index === active}
        data-kind={entry.kind}
        onClick={() => {
          setActive(index);
          onOpen(index === open ? undefined : index);
        }}
      >
        <span className="audit-figure">{index}</span>
        <time dateTime={new Date(entry.at).toISOString()} title={formatDateTime(entry.at)}>
          {isPrinting ? formatDateTime(entry.at) : formatMoment(entry.at, today)}
        </time>
        <span className="audit-kind">{entry.kind}</span>
        <span>
          {entry.peerId !== undefined && (
            <>
              <PartyMark agentId={entry.peerId} /> {entry.peerId}
            </>
          )}
        </span>
        <span className="audit-words">
          {disclosed.includes(entry.index) && <strong>disclosed · </strong>}
          <UntrustedText text={entry.words} />
        </span>
      </div>
    );
  };
  if (entries.length === 0) return <p className="audit-empty muted">{emptiness}</p>;
  return (
    <div
      className="audit-list"
      role="listbox"
      aria-label="Entries, the newest first"
      aria-activedescendant={at === -1 ? undefined : `${id}-${active}`}
      tabIndex={0}
      ref={scroller}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        if (scrollTop + clientHeight >= scrollHeight - reach) nearEnd();
      }}
    >
      {isPrinting ? (
        entries.map(drawn)
      ) : (
        <Virtualizer ref={list} scrollRef={scroller} data={entries} itemSize={28}>
          {drawn}
        </Virtualizer>
      )}
    </div>
  );
}
