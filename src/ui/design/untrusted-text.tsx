import type { ReactNode } from 'react';
import { visibleText } from '../../console/visible-text.ts';
import { turnedStrings } from './turned-strings.ts';

interface UntrustedTextProps {
  readonly text: string;
  /** Draws a stretch of the text that is set off; `start` is its place in the text. */
  readonly mark?: (stretch: string, start: number) => ReactNode;
}

/**
 * Shows a text of a peer, a server or a file: nothing in it acts unseen, and it turns neither the row around it nor,
 * between two strings of JSON, its own order.
 */
export function UntrustedText({ text, mark = visibleText }: UntrustedTextProps) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end } of turnedStrings(text)) {
    parts.push(mark(text.slice(at, start), at));
    parts.push(<bdi key={start}>{mark(text.slice(start, end), start)}</bdi>);
    at = end;
  }
  parts.push(mark(text.slice(at), at));
  return <bdi>{parts}</bdi>;
}
