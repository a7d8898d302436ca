import type { RecordedEnd } from '../../../recording/recording.ts';
import type { NodeId } from './schedule-model.ts';

/** What either end recorded of a node: four bytes of a secret, or the transcript hash itself, which is public. */
export interface Seen {
  readonly client?: string;
  readonly server?: string;
}

/** Returns what the ends recorded, by node. */
export function fingerprintsOf(ends: readonly RecordedEnd[]): ReadonlyMap<NodeId, Seen> {
  const seen = new Map<NodeId, Seen>();
  for (const { role, events } of ends) {
    for (const event of events) {
      if (event.kind === 'fingerprint') seen.set(event.of, { ...seen.get(event.of), [role]: event.fingerprint });
      if (event.kind === 'transcript') seen.set(event.name, { ...seen.get(event.name), [role]: event.hash });
    }
  }
  return seen;
}

/** Compares what both ends hold, as far as both are recorded. */
export function compared({ client, server }: Seen = {}): 'same' | 'different' | 'one end' | 'none' {
  if (client !== undefined && server !== undefined) return client === server ? 'same' : 'different';
  return client === undefined && server === undefined ? 'none' : 'one end';
}
