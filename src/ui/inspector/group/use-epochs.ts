import { useEffect, useState } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';

/** Epochs that are shown at most: the agent keeps no more. */
const mostEpochs = 64;

/** The epochs of a group as far as they are read; the newest last. */
interface ReadEpochs {
  readonly epochs: readonly EpochView[] | undefined;
  readonly failure: FailureView | undefined;
}

/** Returns the epochs of a group that its agent keeps, and those that begin while they are looked at. */
export function useEpochs(groupId: string): ReadEpochs {
  const { engine } = useHosted();
  const [read, setRead] = useState<ReadEpochs>({ epochs: undefined, failure: undefined });
  useEffect(() => {
    let isOver = false;
    const add = (views: readonly EpochView[]) =>
      setRead(({ epochs = [] }) => ({ epochs: merged(epochs, views), failure: undefined }));
    const unsubscribe = engine.subscribe((event) => {
      if (event.type === 'epoch' && event.epoch.groupId === groupId) add([event.epoch]);
    });
    setRead({ epochs: undefined, failure: undefined });
    engine.groupEpochs(groupId).then(
      (views) => {
        if (!isOver) add(views);
      },
      (cause: unknown) => {
        if (!isOver) setRead(({ epochs }) => ({ epochs, failure: failureOf(cause) }));
      },
    );
    return () => {
      isOver = true;
      unsubscribe();
    };
  }, [engine, groupId]);
  return read;
}

function merged(known: readonly EpochView[], views: readonly EpochView[]): readonly EpochView[] {
  const all = new Map([...known, ...views].map((view) => [view.epoch, view]));
  return [...all.values()].sort((a, b) => a.epoch - b.epoch).slice(-mostEpochs);
}
