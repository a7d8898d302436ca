import type { ReactNode } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useEpochs } from './use-epochs.ts';

interface EpochsBoundaryProps {
  readonly groupId: string;
  /** Which epoch is wanted; the newest when absent or not kept. */
  readonly epoch: number | undefined;
  /** Draws the epoch. */
  readonly children: (epochs: readonly EpochView[], shown: EpochView) => ReactNode;
}

/** Shows the epochs of a group once they are read, or why there are none. */
export function EpochsBoundary({ groupId, epoch, children }: EpochsBoundaryProps) {
  const { epochs, failure } = useEpochs(groupId);
  if (failure !== undefined) return <FailureLine failure={failure} />;
  if (epochs === undefined) return null;
  const shown = epochs.find((view) => view.epoch === epoch) ?? epochs.at(-1);
  if (shown === undefined) {
    return (
      <section className="group-epochs-none">
        <h3>No epoch is recorded yet</h3>
        <p className="muted">
          An epoch begins with every change of the group and every renewal of keys. The newest 64 are kept from the next
          one on.
        </p>
      </section>
    );
  }
  return children(epochs, shown);
}
