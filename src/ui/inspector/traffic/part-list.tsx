import { useState } from 'react';
import { formatBytes, formatDuration } from '../../design/format.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { carriedWords, totalWords } from './stream-parts.ts';
import type { TrafficRow } from './traffic-row.ts';

interface PartListProps {
  readonly parts: readonly TrafficRow[];
  /** The id of the part whose bodies are shown. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
}

/** Parts that are listed until more are asked for. */
const page = 50;

/** Lists the parts of a stream, the newest first: what each asked for and what it was answered. */
export function PartList({ parts, chosen, onChoose }: PartListProps) {
  const [shown, setShown] = useState(page);
  const newest = parts.toReversed().slice(0, shown);
  return (
    <section className="traffic-parts" aria-label="Parts of the stream">
      <h4>{totalWords(parts)}</h4>
      <ol>
        {newest.map(({ entry, kind, outcome }) => (
          <li key={entry.id}>
            <button
              type="button"
              aria-pressed={entry.id === chosen}
              onClick={() => onChoose(entry.id === chosen ? undefined : entry.id)}
            >
              <code>{kind}</code> {entry.carried === undefined ? '' : carriedWords(entry.carried)}
              <span className="muted">
                {' '}
                · <UntrustedText text={outcome} /> · {formatBytes(entry.requestSize + (entry.responseSize ?? 0))}
                {entry.durationMs !== undefined && ` · ${formatDuration(entry.durationMs)}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {parts.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + page)}>
          Show earlier ({parts.length - shown} more)
        </button>
      )}
    </section>
  );
}
