import type { AuditEntryView } from '../../agent/contracts/history-views.ts';

/** Which entries are shown. Empty strings choose everything. */
export interface AuditFilter {
  readonly kind: string;
  readonly peer: string;
  readonly session: string;
}

/** Reads a filter from a query string; what it does not know is not looked at. */
export function parseAuditFilter(query: string | undefined): AuditFilter {
  const read = new URLSearchParams(query);
  const value = (name: string) => (read.get(name) ?? '').slice(0, 64);
  return { kind: value('kind'), peer: value('peer'), session: value('session') };
}

/** Returns a filter as a query string; `parseAuditFilter` reads it back. */
export function formatAuditFilter({ kind, peer, session }: AuditFilter): string {
  return new URLSearchParams({
    ...(kind === '' ? {} : { kind }),
    ...(peer === '' ? {} : { peer }),
    ...(session === '' ? {} : { session }),
  }).toString();
}

/** Returns the entries that a filter chooses; a session is named by its id or the beginning of it. */
export function chosenEntries(entries: readonly AuditEntryView[], filter: AuditFilter): readonly AuditEntryView[] {
  const { kind, peer, session } = filter;
  if (kind === '' && peer === '' && session === '') return entries;
  return entries.filter(
    (entry) =>
      (kind === '' || entry.kind === kind) &&
      (peer === '' || entry.peerId === peer) &&
      (session === '' || entry.sessionId?.startsWith(session) === true),
  );
}
