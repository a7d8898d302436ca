import { Fragment } from 'react';
import { type MarkedWord, markedRanges } from './marked-ranges.ts';
import './marked-text.css';

/** A text with the words that were looked for set off. */
export function MarkedText({ text, words }: { readonly text: string; readonly words: readonly MarkedWord[] }) {
  const ranges = markedRanges(text, words);
  if (ranges.length === 0) return text;
  return (
    <>
      {ranges.map(({ start, end }, at) => (
        <Fragment key={start}>
          {text.slice(ranges[at - 1]?.end ?? 0, start)}
          <mark>{text.slice(start, end)}</mark>
        </Fragment>
      ))}
      {text.slice(ranges.at(-1)?.end)}
    </>
  );
}
