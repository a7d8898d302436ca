import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { formatCount } from '../design/format.ts';
import { PaneHead } from '../frame/pane-head.tsx';
import type { AgentPlace } from '../routing/agent-place.ts';
import { useHosted } from '../state/hosted.ts';
import { useChanges } from '../state/use-changes.ts';
import './audit.css';
import { AuditEntryPanel } from './audit-entry.tsx';
import { AuditExport } from './audit-export.tsx';
import { type AuditFilter, chosenEntries, formatAuditFilter, parseAuditFilter } from './audit-filter.ts';
import { AuditFilterBar } from './audit-filter-bar.tsx';
import { AuditHead } from './audit-head.tsx';
import { AuditList } from './audit-list.tsx';
import { AuditTrailPages } from './audit-trail-pages.ts';
import { useDisclosures } from './disclosures.ts';
import { TryAgain } from './try-again.tsx';
import { useOpenEntry } from './use-open-entry.ts';

interface AuditPaneProps {
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

/** Entries that a filter should find before no more are read by themselves. */
const enoughShown = 50;

/**
 * Shows everything of consequence that happened to this agent, each entry bound to the one before, and exports a
 * proof of it.
 */
export function AuditPane({ place, go }: AuditPaneProps) {
  const { agentId } = useHosted();
  const trail = useTrail();
  const { head, entries, isLoading, failure } = useStore(trail.store);
  const disclosures = useDisclosures();
  const filter = useMemo(() => parseAuditFilter(place.filter), [place.filter]);
  const found = useMemo(() => chosenEntries(entries, filter), [entries, filter]);
  const hasOlder = (entries.at(-1)?.index ?? 0) > 0;
  useEffect(() => {
    if (found.length < enoughShown && hasOlder && !isLoading && failure === undefined) void trail.older();
  }, [trail, found.length, hasOlder, isLoading, failure]);
  const body = useRef<HTMLDivElement>(null);
  const isOpen = place.open !== undefined;
  const isShown = isOpen && head !== undefined;
  useEffect(() => {
    if (isShown) body.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  const open = useOpenEntry(place.open, { entries, isAwaited: head === undefined && failure === undefined });
  const show = (index: string | undefined, next: AuditFilter = filter) => {
    const query = formatAuditFilter(next);
    go({
      section: 'audit',
      tab: 'conversation',
      ...(index === undefined ? {} : { open: index }),
      ...(query === '' ? {} : { filter: query }),
    });
  };
  return (
    <section className="talk" aria-label={`Audit trail of ${agentId}`}>
      <div className="audit">
        <PaneHead
          heading="Audit trail"
          section="audit"
          status={head === undefined ? '' : formatCount(head.length - (head.deleted ?? 0), 'entry', 'entries')}
        />
        {head !== undefined && head.length > 0 && (
          <>
            <AuditHead head={head} openEntry={(index) => show(String(index))} />
            <AuditExport head={head} disclosures={disclosures} />
          </>
        )}
        {failure !== undefined && <TryAgain failure={failure} again={() => void trail.again()} isAtWork={isLoading} />}
        {head?.length === 0 ? (
          <p className="audit-empty muted">
            No entries yet. Each handshake, message, certificate, refusal, revocation and deletion becomes an entry
            here. Each entry holds the hash of the previous one, so none can be changed or removed unnoticed.
          </p>
        ) : (
          <>
            <AuditFilterBar entries={entries} filter={filter} change={(next) => show(place.open, next)} />
            <div className="audit-body" data-open={isOpen} ref={body}>
              <AuditList
                entries={found}
                open={place.open}
                onOpen={(index) => show(index)}
                disclosed={disclosures.chosen}
                nearEnd={() => hasOlder && !isLoading && void trail.older()}
                emptiness={emptiness(failure !== undefined, head === undefined || hasOlder)}
              />
              {place.open !== undefined && (
                <AuditEntryPanel
                  open={open}
                  index={place.open}
                  disclosures={disclosures}
                  close={() => show(undefined)}
                  go={go}
                />
              )}
            </div>
          </>
        )}
      </div>
    </section>
  );
}

/** Returns the words for why no entry is shown. */
function emptiness(hasFailed: boolean, hasMore: boolean): string {
  if (hasFailed) return 'No entry is shown: they could not all be read.';
  return hasMore ? 'Loading' : 'No entry matches the filter.';
}

/** What becomes entries of the trail: a request that was refused changes nothing but the wire. */
const recorded = ['exchanges', 'sessions', 'wire', 'verifications', 'deleted'] as const;

/** Reads the trail, again whenever something has happened. */
function useTrail(): AuditTrailPages {
  const { engine } = useHosted();
  const trail = useMemo(() => new AuditTrailPages((before, count) => engine.audit(before, count)), [engine]);
  const refresh = useCallback(() => trail.refresh(), [trail]);
  useEffect(() => void refresh(), [refresh]);
  useChanges(recorded, refresh);
  return trail;
}
