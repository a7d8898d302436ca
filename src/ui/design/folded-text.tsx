import { useState } from 'react';
import { cutText } from '../../protocol/wire/cut.ts';
import { type MarkedWord, markedRanges } from './marked-ranges.ts';
import { MarkedText } from './marked-text.tsx';

const usualLines = 12;
/** Characters that are shown of JSON until more are asked for: a peer's answer of 24 MiB must not hold up the page. */
const longestJson = 20_000;
/** Characters that are shown of a text until more are asked for: about as many as 12 full lines have. */
const longestText = 2_000;

const noWords: readonly MarkedWord[] = [];

interface FoldedTextProps {
  readonly text: string;
  /** Words are written, JSON is set in the face of code. */
  readonly isJson?: boolean;
  /** What to set off in it; of a long text the part where the first of them stands is shown. */
  readonly words?: readonly MarkedWord[];
  /** How many lines are shown of a long text until more are asked for. */
  readonly lines?: number | undefined;
}

/** Shows an untrusted text with its lines; of a long one a part, until all of it is asked for. */
export function FoldedText({ text, isJson = false, words = noWords, lines: linesShown = usualLines }: FoldedTextProps) {
  const [isWhole, setWhole] = useState(false);
  const longest = isJson ? longestJson : longestText;
  const lines = text.split('\n');
  const hasManyLines = lines.length > linesShown;
  const isLong = hasManyLines || text.length > longest;
  const part =
    isLong && !isWhole
      ? partOf(text, lines, {
          count: hasManyLines ? linesShown : lines.length,
          first: markedRanges(text, words, isJson)[0]?.start ?? 0,
          longest,
        })
      : { text, start: 0, isWithinLine: false, isCut: false };
  const all = hasManyLines ? `${lines.length} lines` : `${text.length} characters`;
  return (
    <>
      <pre className={isJson ? 'json' : 'said'} dir={isJson ? undefined : 'auto'}>
        {part.start > 0 && (part.isWithinLine ? '…' : '…\n')}
        <MarkedText text={part.text} words={words} isJson={isJson} />
        {part.isCut && '…'}
      </pre>
      {isLong && (
        <button type="button" className="json-more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less' : `Show all ${all}`}
        </button>
      )}
    </>
  );
}

interface Fold {
  /** Lines that are shown. */
  readonly count: number;
  /** The place that is shown. */
  readonly first: number;
  /** Characters that are shown. */
  readonly longest: number;
}

/** Returns the lines around a place of a text, and of long ones the characters around it. */
function partOf(text: string, lines: readonly string[], { count, first, longest }: Fold) {
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
