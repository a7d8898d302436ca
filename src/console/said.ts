import type { ExchangeView, Json } from '../agent/contracts/views.ts';
import { answerBytesWords } from './answer-words.ts';
import { saidText } from './said-text.ts';
import { textOfRequest } from './text-request.ts';

/** Characters of one side of an exchange that a line shows. */
const longest = 300;

/** Returns what a request says: its text, or its method and its parameters as JSON. */
export function requestWords(request: Pick<ExchangeView, 'method' | 'parameters'>): string {
  const text = textOfRequest(request);
  return cut(text === undefined ? `${request.method} ${JSON.stringify(request.parameters)}` : `“${text}”`);
}

/** Returns what became of an exchange: its answer, the error, or its state. */
export function outcomeWords({ status, result, error, answer }: ExchangeView): string {
  switch (status) {
    case 'success': {
      if (answer === undefined) return cut(answerWords(result ?? null));
      const said = answer.text ?? (result === undefined || result === null ? undefined : answerWords(result));
      return `${said === undefined ? '' : `${cut(said.trim())} · `}${answerBytesWords(answer)}`;
    }
    case 'error':
    case 'failed':
      return error === undefined ? status : `${error.detail} (${error.code})`;
    case 'held':
      return 'waits for your answer';
    case 'pending':
      return 'no answer yet';
    default:
      return status;
  }
}

/** Returns what an answer says: its text, and as JSON whatever it holds besides; one without a text is JSON. */
export function answerWords(result: Json): string {
  const said = saidText(result);
  if (said === undefined) return JSON.stringify(result);
  return `“${said.text}”${said.rest === undefined ? '' : ` ${JSON.stringify(said.rest)}`}`;
}

/** Returns a text, cut where it is too long for a line. */
export function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}
