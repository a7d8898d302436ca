import type { Json } from '../../agent/views.ts';

/** Characters up to which a value stands on one line. */
const oneLine = 72;

/** JSON, pretty-printed: on one line when it fits, indented otherwise. */
export function JsonText({ value }: { readonly value: Json }) {
  return <pre className="json">{prettyJson(value)}</pre>;
}

function prettyJson(value: Json): string {
  const spaced = JSON.stringify(value, undefined, 1).replace(/\n\s*/g, ' ');
  return spaced.length <= oneLine ? spaced : JSON.stringify(value, undefined, 2);
}
