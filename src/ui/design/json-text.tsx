import type { Json } from '../../agent/contracts/views.ts';
import { FoldedText } from './folded-text.tsx';
import type { MarkedWord } from './marked-ranges.ts';

/** Characters up to which a value stands on one line. */
const oneLine = 100;

interface JsonTextProps {
  readonly value: Json;
  /** What to set off in it; of a long value the part where the first of them stands is shown. */
  readonly words?: readonly MarkedWord[];
  /** How many lines are shown of a long value until more are asked for. */
  readonly lines?: number | undefined;
}

/** Shows JSON, pretty-printed: on one line when it fits, indented otherwise; of a long value a part. */
export function JsonText({ value, ...props }: JsonTextProps) {
  return <FoldedText text={prettyJson(value)} isJson {...props} />;
}

function prettyJson(value: Json): string {
  const indented = JSON.stringify(value, undefined, 2);
  const inOneLine = indented.replace(/,\n\s*/g, ', ').replace(/\n\s*/g, '');
  return inOneLine.length <= oneLine ? inOneLine : indented;
}
