import { useId, useMemo } from 'react';
import type { AuditEntryView } from '../../agent/contracts/history-views.ts';
import { Choice } from '../design/choice.tsx';
import { distinct } from '../design/distinct.ts';
import { useFilterKey } from '../frame/filter-key.ts';
import { useConversationNames } from '../state/conversation-names.ts';
import type { AuditFilter } from './audit-filter.ts';

interface AuditFilterBarProps {
  readonly entries: readonly AuditEntryView[];
  readonly filter: AuditFilter;
  readonly change: (next: AuditFilter) => void;
}

/** Shows the filter of the list: by kind, peer and session. */
export function AuditFilterBar({ entries, filter, change }: AuditFilterBarProps) {
  const box = useFilterKey();
  const id = useId();
  const kinds = useMemo(() => distinct(entries.map(({ kind }) => kind)), [entries]);
  const peers = useMemo(() => distinct(entries.map(({ peerId = '' }) => peerId)), [entries]);
  return (
    <search className="audit-filter">
      <Choice label="Kind" value={filter.kind} values={kinds} onChange={(kind) => change({ ...filter, kind })} />
      <Choice
        label="Peer"
        value={filter.peer}
        values={peers}
        onChange={(peer) => change({ ...filter, peer })}
        nameOf={useConversationNames()}
      />
      <label htmlFor={id} className="visually-hidden">
        Session
      </label>
      <input
        id={id}
        ref={box}
        type="search"
        className="input mono"
        placeholder="session, or how it begins"
        aria-keyshortcuts="/"
        spellCheck={false}
        value={filter.session}
        onChange={(event) => change({ ...filter, session: event.target.value.trim().toLowerCase() })}
      />
    </search>
  );
}
