import { visibleText } from '../console/visible-text.ts';
import type { AnswerStream } from '../library/answer-stream.ts';
import { ParleyError } from '../protocol/errors.ts';
import { line } from './one-shot.ts';

/** Where an answer is printed: `process.stdout`, or what stands in for it. */
export interface Printer {
  readonly isTTY?: boolean;
  write(chunk: string | Uint8Array, written?: (error?: Error | null) => void): unknown;
}

/** The output takes no more: whoever reads it has gone, or the disk is full. */
export class OutputEnded extends Error {}

/**
 * Prints an answer as it comes: each value of a stream of JSON on a line, text as text, other bytes as they are. On a terminal, text is made
 * visible, and other bytes are refused with `invalid_input` before any is read. Waits for the output. Rejects with what ends the answer, and
 * with `OutputEnded`; the request is cancelled at the peer then.
 */
export async function printAnswer(answer: AnswerStream, out: Printer): Promise<void> {
  const isTerminal = out.isTTY === true;
  const isText = isTextual(answer.mediaType);
  if (isTerminal && !isText) {
    await answer.cancel();
    throw new ParleyError(
      'invalid_input',
      `The answer is of the type ${answer.mediaType}, which a terminal cannot show. It was cancelled at the peer. Give --output FILE, or pass it on.`,
    );
  }
  const decoder = new TextDecoder();
  const shown = (bytes: Uint8Array) => (isTerminal ? visibleText(decoder.decode(bytes, { stream: true })) : bytes);
  for await (const item of answer) await print(out, item instanceof Uint8Array ? shown(item) : line(item));
  if (isTerminal) await print(out, visibleText(decoder.decode()));
}

/** True for bytes that are text to a person. */
function isTextual(mediaType: string): boolean {
  return /^(text\/|application\/(jsonl|json|xml)\b|[^;]*\+(json|xml)\b)/i.test(mediaType);
}

function print(out: Printer, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(chunk, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(new OutputEnded('The output takes no more.', { cause: error }));
    });
  });
}
