import { useState } from 'react';
import type { Json } from '../../agent/views.ts';
import { type MarkedWord, markedRanges } from '../search/marked-ranges.ts';
import { MarkedText } from '../search/marked-text.tsx';

/** Characters up to which a value stands on one line. */
const oneLine = 100;
const usualLines = 12;

const noWords: readonly MarkedWord[] = [];

interface JsonTextProps {
  readonly value: Json;
  /** What to set off in it; of a long value the part where the first of them stands is shown. */
  readonly words?: readonly MarkedWord[];
  /** How many lines are shown of a long value until more are asked for. */
  readonly lines?: number | undefined;
}

/** JSON, pretty-printed: on one line when it fits, indented otherwise; of a long value a part. */
export function JsonText({ value, words = noWords, lines: linesShown = usualLines }: JsonTextProps) {
  const [isWhole, setWhole] = useState(false);
  const text = prettyJson(value);
  const lines = text.split('\n');
  if (isWhole || lines.length <= linesShown + 1) {
    return (
      <pre className="json">
        <MarkedText text={text} words={words} />
      </pre>
    );
  }
  const first = markedRanges(text, words)[0]?.start ?? 0;
  const from = Math.max(0, Math.min(text.slice(0, first).split('\n').length - 2, lines.length - linesShown));
  return (
    <>
      <pre className="json">
        {from > 0 && '…\n'}
        <MarkedText text={lines.slice(from, from + linesShown).join('\n')} words={words} />
      </pre>
      <button type="button" className="json-more" onClick={() => setWhole(true)}>
        Show all {lines.length} lines
      </button>
    </>
  );
}

function prettyJson(value: Json): string {
  const indented = JSON.stringify(value, undefined, 2);
  const inOneLine = indented.replace(/,\n\s*/g, ', ').replace(/\n\s*/g, '');
  return inOneLine.length <= oneLine ? inOneLine : indented;
}
