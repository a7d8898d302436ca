import type { ReactNode } from 'react';
import { visibleText } from '../../console/visible-text.ts';

interface UntrustedTextProps {
  readonly text: string;
  /** Draws a stretch of the text that is set off; `start` is its place in the text. */
  readonly mark?: (stretch: string, start: number) => ReactNode;
}

/** A JSON string with letters that are written from right to left. */
const turned =
  /"(?:[^"\\]|\\.)*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}](?:[^"\\]|\\.)*"/u;
const strings = /"(?:[^"\\]|\\.)*"/gu;

/**
 * A text of a peer, a server or a file: nothing in it acts unseen, and it turns neither the row around it nor, between two
 * strings of JSON, its own order.
 */
export function UntrustedText({ text, mark = visibleText }: UntrustedTextProps) {
  if (!turned.test(text)) return <bdi>{mark(text, 0)}</bdi>;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(strings)) {
    if (!turned.test(found)) continue;
    parts.push(mark(text.slice(at, index + 1), at));
    parts.push(<bdi key={index}>{mark(found.slice(1, -1), index + 1)}</bdi>);
    at = index + found.length - 1;
  }
  parts.push(mark(text.slice(at), at));
  return <bdi>{parts}</bdi>;
}
