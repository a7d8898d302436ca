import { Fragment, type ReactNode } from 'react';
import { visibleText } from '../../console/visible-text.ts';
import { type MarkedWord, markedRanges, type TextRange } from './marked-ranges.ts';
import { UntrustedText } from './untrusted-text.tsx';
import './marked-text.css';

interface MarkedTextProps {
  readonly text: string;
  readonly words: readonly MarkedWord[];
  readonly isJson?: boolean;
}

/** Shows an untrusted text with the found words highlighted. */
export function MarkedText({ text, words, isJson = true }: MarkedTextProps) {
  const ranges = markedRanges(text, words, isJson);
  if (ranges.length === 0) return <UntrustedText text={text} />;
  return <UntrustedText text={text} mark={(stretch, start) => marked(stretch, start, ranges)} />;
}

function marked(stretch: string, from: number, all: readonly TextRange[]): ReactNode {
  const end = from + stretch.length;
  const ranges = all.filter((range) => range.start >= from && range.end <= end);
  return (
    <Fragment key={from}>
      {ranges.map(({ start, end }, at) => (
        <Fragment key={start}>
          {visibleText(stretch.slice((ranges[at - 1]?.end ?? from) - from, start - from))}
          <mark>{visibleText(stretch.slice(start - from, end - from))}</mark>
        </Fragment>
      ))}
      {visibleText(stretch.slice((ranges.at(-1)?.end ?? from) - from))}
    </Fragment>
  );
}
