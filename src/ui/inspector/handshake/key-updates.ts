import type { OperationName, TraceEvent } from '../../../protocol/trace/events.ts';
import type { RecordedEnd } from '../../../recording/recording.ts';
import { otherSide, type Side } from '../steps/timeline.ts';
import { stepOf, type WorkStep } from '../steps/work-step.ts';

const ofUpdates: ReadonlySet<OperationName> = new Set<OperationName>(['make_update_shares', 'derive_next_epoch']);

type Begun = Extract<TraceEvent, { kind: 'epoch' }>;

/** What one side did until an epoch began. */
interface Update {
  readonly steps: readonly WorkStep[];
  readonly begun: Begun;
}

/** Work of one side for a key update, or the epoch that it began. */
export type UpdateRow =
  | { readonly kind: 'work'; readonly side: Side; readonly steps: readonly WorkStep[] }
  | {
      readonly kind: 'epoch';
      readonly number: number;
      readonly by: Side;
      readonly client?: string;
      readonly server?: string;
    };

/** Returns the key updates of a session in their order: the work of who began it, that of the other side, the epoch. */
export function updateRows(ends: readonly RecordedEnd[]): readonly UpdateRow[] {
  const epochs = new Map<number, Partial<Record<Side, Update>>>();
  for (const { role, events } of ends) {
    let steps: WorkStep[] = [];
    for (const event of events) {
      const step = event.kind === 'operation' && ofUpdates.has(event.operation) ? stepOf(event) : undefined;
      if (step !== undefined) steps.push(step);
      if (event.kind !== 'epoch') continue;
      epochs.set(event.number, { ...epochs.get(event.number), [role]: { steps, begun: event } });
      steps = [];
    }
  }
  return [...epochs].sort(([a], [b]) => a - b).flatMap(([number, sides]) => rowsOf(number, sides));
}

function rowsOf(number: number, sides: Partial<Record<Side, Update>>): readonly UpdateRow[] {
  const by = beganBy(sides);
  const works = [by, otherSide(by)].flatMap((side): UpdateRow[] => {
    const { steps = [] } = sides[side] ?? {};
    return steps.length === 0 ? [] : [{ kind: 'work', side, steps }];
  });
  const prints = Object.fromEntries(Object.entries(sides).map(([side, { begun }]) => [side, begun.keyFingerprint]));
  return [...works, { kind: 'epoch', number, by, ...prints }];
}

function beganBy({ client, server }: Partial<Record<Side, Update>>): Side {
  if (client !== undefined) return client.begun.by === 'self' ? 'client' : 'server';
  return server?.begun.by === 'self' ? 'server' : 'client';
}
