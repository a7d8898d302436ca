import { useState } from 'react';
import type { Json } from '../../agent/views.ts';

/** Characters up to which a value stands on one line. */
const oneLine = 100;
/** Lines shown of a long value until more are asked for. */
const linesShown = 12;

/** JSON, pretty-printed: on one line when it fits, indented otherwise; of a long value the beginning. */
export function JsonText({ value }: { readonly value: Json }) {
  const [isWhole, setWhole] = useState(false);
  const text = prettyJson(value);
  const lines = text.split('\n');
  if (isWhole || lines.length <= linesShown + 1) return <pre className="json">{text}</pre>;
  return (
    <>
      <pre className="json">{lines.slice(0, linesShown).join('\n')}</pre>
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
