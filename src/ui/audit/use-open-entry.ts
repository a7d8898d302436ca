import { useQuery } from '@tanstack/react-query';
import type { AuditEntryView } from '../../agent/contracts/history-views.ts';
import type { FailureView } from '../../agent/contracts/views.ts';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';

/** How far the entry that an address names was read. */
export type OpenEntry =
  | { readonly state: 'loading' }
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly failure: FailureView; readonly again: () => void }
  | { readonly state: 'read'; readonly entry: AuditEntryView };

interface Listed {
  readonly entries: readonly AuditEntryView[];
  /** The first reading of the list is not over. */
  readonly isAwaited: boolean;
}

/** Returns the entry that the address names, also when the list has not reached it. */
export function useOpenEntry(named: string | undefined, { entries, isAwaited }: Listed): OpenEntry {
  const { engine, agentId } = useHosted();
  const index = named !== undefined && /^\d{1,15}$/.test(named) ? Number(named) : undefined;
  const entry = entries.find((each) => each.index === index);
  const { data, error, refetch } = useQuery({
    queryKey: ['stored', agentId, 'audit', index],
    queryFn: async () => (await engine.audit((index ?? 0) + 1, 1)).entries.find((each) => each.index === index) ?? null,
    enabled: index !== undefined && entry === undefined && !isAwaited,
  });
  if (entry !== undefined) return { state: 'read', entry };
  if (index === undefined || data === null) return { state: 'absent' };
  if (data !== undefined) return { state: 'read', entry: data };
  if (error !== null) return { state: 'failed', failure: failureOf(error), again: () => void refetch() };
  return { state: 'loading' };
}
