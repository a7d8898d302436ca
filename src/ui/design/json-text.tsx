import { useState } from 'react';
import type { Json } from '../../agent/contracts/views.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import { type MarkedWord, markedRanges } from './marked-ranges.ts';
import { MarkedText } from './marked-text.tsx';

/** Characters up to which a value stands on one line. */
const oneLine = 100;
const usualLines = 12;
/** Characters that are shown until more are asked for: a peer's answer of 24 MiB must not hold up the page. */
const longest = 20_000;

const noWords: readonly MarkedWord[] = [];

interface JsonTextProps {
  readonly value: Json;
  /** What to set off in it; of a long value the part where the first of them stands is shown. */
  readonly words?: readonly MarkedWord[];
  /** How many lines are shown of a long value until more are asked for. */
  readonly lines?: number | undefined;
}

/** Shows JSON, pretty-printed: on one line when it fits, indented otherwise; of a long value a part. */
export function JsonText({ value, words = noWords, lines: linesShown = usualLines }: JsonTextProps) {
  const [isWhole, setWhole] = useState(false);
  const text = prettyJson(value);
  const lines = text.split('\n');
  const hasManyLines = lines.length > linesShown + 1;
  if (isWhole || (!hasManyLines && text.length <= longest)) {
    return (
      <pre className="json">
        <MarkedText text={text} words={words} />
      </pre>
    );
  }
  const part = partOf(text, lines, hasManyLines ? linesShown : lines.length, markedRanges(text, words)[0]?.start ?? 0);
  const all = hasManyLines ? `${lines.length} lines` : `${text.length} characters`;
  return (
    <>
      <pre className="json">
        {part.start > 0 && (part.isWithinLine ? '…' : '…\n')}
        <MarkedText text={part.text} words={words} />
        {part.isCut && '…'}
      </pre>
      <button type="button" className="json-more" onClick={() => setWhole(true)}>
        Show all {all}
      </button>
    </>
  );
}

/** Returns the lines around the place `first` of a text, and of long ones the characters around it. */
function partOf(text: string, lines: readonly string[], count: number, first: number) {
  const from = Math.max(0, Math.min(text.slice(0, first).split('\n').length - 2, lines.length - count));
  const before = lines.slice(0, from).reduce((sum, line) => sum + line.length + 1, 0);
  const some = lines.slice(from, from + count).join('\n');
  const skipped = some.length <= longest ? 0 : Math.max(0, first - before - longest / 2);
  const shown = cutText(some.slice(skipped), longest);
  return {
    text: shown,
    start: before + skipped,
    isWithinLine: skipped > 0,
    isCut: skipped + shown.length < some.length,
  };
}

function prettyJson(value: Json): string {
  const indented = JSON.stringify(value, undefined, 2);
  const inOneLine = indented.replace(/,\n\s*/g, ', ').replace(/\n\s*/g, '');
  return inOneLine.length <= oneLine ? inOneLine : indented;
}
