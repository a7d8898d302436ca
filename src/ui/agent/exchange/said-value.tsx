import type { Json } from '../../../agent/contracts/views.ts';
import { saidText } from '../../../console/said-text.ts';
import { FoldedText } from '../../design/folded-text.tsx';
import { JsonText } from '../../design/json-text.tsx';
import type { MarkedWord } from '../../design/marked-ranges.ts';

interface SaidValueProps {
  readonly value: Json;
  readonly isJson: boolean;
  readonly words: readonly MarkedWord[];
  readonly lines?: number | undefined;
}

/** Shows parameters or a result: what they say in words as text, the rest small; or all of it as JSON. */
export function SaidValue({ value, isJson, words, lines }: SaidValueProps) {
  const said = isJson ? undefined : saidText(value);
  if (said === undefined) return <JsonText value={value} words={words} lines={lines} />;
  return (
    <>
      <FoldedText text={said.text} words={words} lines={lines} />
      {said.rest !== undefined && (
        <div className="said-rest muted">
          <JsonText value={said.rest} words={words} lines={lines} />
        </div>
      )}
    </>
  );
}
