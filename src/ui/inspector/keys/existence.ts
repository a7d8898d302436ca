import type { Beginning } from '../../../recording/beginning.ts';
import type { Recording } from '../../../recording/recording.ts';
import type { Seen } from './fingerprints.ts';
import { ancestors, type NodeId, type Schedule, type ScheduleNode } from './schedule-model.ts';

/**
 * Returns the nodes that came to be, as far as the recording tells: those with a fingerprint and all that they were
 * computed from. Private keys are there from the start.
 */
export function cameToBe(schedule: Schedule, fingerprints: ReadonlyMap<NodeId, Seen>): ReadonlySet<NodeId> {
  const found = new Set(schedule.nodes.filter(({ kind }) => kind === 'private key').map(({ id }) => id));
  for (const id of fingerprints.keys()) {
    found.add(id);
    for (const before of ancestors(schedule, id)) found.add(before);
  }
  return found;
}

/** How far a session has come. */
export interface Course {
  readonly beginning: Beginning;
  readonly status: Recording['session']['status'];
  /** The keys of the first epoch have been replaced. */
  readonly isUpdated: boolean;
}

/** Returns how far a recorded session has come. */
export function courseOf({ session, ends }: Recording, beginning: Beginning): Course {
  const isUpdated = ends.some(({ events }) => events.some(({ kind }) => kind === 'epoch'));
  return { beginning, status: session.status, isUpdated };
}

/** Returns whether something still exists, in words. `came` is whether the recording shows that it ever did. */
export function existence({ lifetime }: ScheduleNode, course: Course, came: boolean): string {
  const { beginning, status } = course;
  if (!came && status === 'HANDSHAKING') return `Not recorded yet: the ${beginning} is not over.`;
  if (!came && status === 'FAILED') return `Not recorded before the ${beginning} failed; nothing of it is stored.`;
  switch (lifetime) {
    case 'public':
      return 'Public.';
    case 'kept':
      return 'Stored by its agent, never exported.';
    case 'handshake':
      return status === 'HANDSHAKING'
        ? `May still be in memory: the ${beginning} is not over.`
        : `Gone: overwritten or dropped with the ${beginning}.`;
    case 'session':
      return ofSession(course) ?? (status === 'ESTABLISHED' ? 'Held by both agents until the session ends.' : erased);
    case 'resumable':
      return (
        ofSession(course) ??
        (status === 'CLOSED' ? erased : 'Stored by both agents until it is used, 24 hours at most.')
      );
  }
}

const erased = 'Gone: erased when the session ended.';

function ofSession({ beginning, status, isUpdated }: Course): string | undefined {
  if (status === 'HANDSHAKING') return `In memory; the ${beginning} is not over.`;
  if (status === 'FAILED') return `Gone: dropped when the ${beginning} failed.`;
  return isUpdated ? 'Gone: replaced by that of the next epoch, and erased.' : undefined;
}
