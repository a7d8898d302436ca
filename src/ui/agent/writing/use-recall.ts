import { type KeyboardEvent, useRef } from 'react';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { useHosted } from '../../state/hosted.ts';
import { SentWalk, type SentWalkDeps } from './sent-walk.ts';

interface RecallProps {
  readonly peerId: string;
  readonly text: string;
  readonly setText: (text: string) => void;
  /** What stands in a field that nobody has written into. */
  readonly rest: string;
  readonly written: SentWalkDeps['written'];
}

/**
 * Returns a listener for the keys of a field in which ↑ and ↓ walk over what was sent to the peer. A walk begins in a field in which
 * nothing is written, and ends as soon as something else is: no draft is lost.
 */
export function useRecall({ peerId, text, setText, rest, written }: RecallProps) {
  const { engine, store } = useHosted();
  const walked = useRef<{ readonly walk: SentWalk; back: number; shown: string }>(undefined);
  const latest = useRef(text);
  latest.current = text;
  return (event: KeyboardEvent<HTMLTextAreaElement | HTMLInputElement>) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.key === 'ArrowUp' ? 1 : -1;
    if (walked.current?.shown !== text) walked.current = undefined;
    const isAtRest = text === rest || text === '';
    if (walked.current === undefined && (step === -1 || !isAtRest)) return;
    if (!isAtRest && !isAtEdge(event.currentTarget, step)) return;
    event.preventDefault();
    const begun = walked.current ?? {
      walk: new SentWalk({
        live: store.getState().exchanges.filter((exchange: ExchangeView) => exchange.peerId === peerId),
        load: (before, count) => engine.history(peerId, before, count),
        written,
      }),
      back: 0,
      shown: text,
    };
    walked.current = begun;
    const back = begun.back + step;
    const show = (found: string | undefined) => {
      // It was written on meanwhile, or there is nothing older.
      if (found === undefined || walked.current !== begun || latest.current !== begun.shown) return;
      begun.back = back;
      begun.shown = found;
      setText(found);
    };
    if (back <= 0) {
      show(rest);
      walked.current = undefined;
    } else {
      // A history that cannot be read is told where it is shown.
      begun.walk.at(back).then(show, () => undefined);
    }
  };
}

/** True where the arrow would leave the text: on its first line upwards, on its last line downwards. */
function isAtEdge(
  { value, selectionStart, selectionEnd }: HTMLTextAreaElement | HTMLInputElement,
  step: 1 | -1,
): boolean {
  if (selectionStart !== selectionEnd) return false;
  const caret = selectionStart ?? 0;
  return step === 1 ? !value.slice(0, caret).includes('\n') : !value.slice(caret).includes('\n');
}
