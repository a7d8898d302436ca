import { useEffect, useRef } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { formatDateTime } from '../../design/format.ts';
import { useOneStop } from '../../design/one-stop.ts';
import { partyColour } from '../../design/party.tsx';
import { isMember } from './reading.ts';
import { beginningWords } from './words.ts';

interface EpochStripProps {
  readonly epochs: readonly EpochView[];
  readonly shown: EpochView;
  /** Whose epochs are marked: those that it can read. */
  readonly who?: string | undefined;
  readonly choose: (epoch: number | undefined) => void;
}

/** Shows the epochs that are kept, one button each; with a member chosen, which of them it can read. */
export function EpochStrip({ epochs, shown, who, choose }: EpochStripProps) {
  const list = useRef<HTMLOListElement>(null);
  useOneStop(list, { rows: 'li', start: 'last' });
  const newest = epochs.at(-1)?.epoch;
  const { epoch: chosen } = shown;
  useEffect(() => {
    // With many epochs the strip scrolls: the one that is shown is in view.
    const cell = list.current?.querySelector(`[data-epoch="${chosen}"]`);
    if (list.current !== null && cell instanceof HTMLElement)
      list.current.scrollTop = cell.offsetTop - list.current.offsetTop;
  }, [chosen]);
  return (
    <ol
      ref={list}
      className="epoch-strip"
      aria-label={who === undefined ? 'Epochs' : `Epochs, and which of them ${who} can read`}
      style={who === undefined ? {} : { '--reader': partyColour(who) }}
    >
      {epochs.map((view) => {
        const { epoch, at } = view;
        const reads = who === undefined ? undefined : isMember(view, who);
        const can = reads === undefined ? '' : `. ${who} ${reads ? 'can' : 'cannot'} read it`;
        return (
          <li key={epoch} data-epoch={epoch} data-shown={view === shown || undefined}>
            <button
              type="button"
              className="epoch-cell"
              aria-pressed={view === shown}
              aria-label={`Epoch ${epoch}: ${beginningWords(view)}${can}`}
              title={`${beginningWords(view)} · ${formatDateTime(at * 1_000)}`}
              data-reads={reads}
              onClick={() => choose(epoch === newest ? undefined : epoch)}
            >
              {epoch}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
