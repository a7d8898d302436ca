import type { ExchangeView, Json } from '../agent/contracts/views.ts';
import type { OutputLine } from './agent.ts';
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
export function outcomeWords({ status, result, error }: ExchangeView): string {
  switch (status) {
    case 'success':
      return cut(answerWords(result ?? null));
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

/** Returns the lines of an exchange: who asked what and when, and below it the outcome. */
export function exchangeLines(exchange: ExchangeView, agentId: string): readonly OutputLine[] {
  const { at, direction, peerId, status } = exchange;
  const [asks, answers] = direction === 'outgoing' ? [agentId, peerId] : [peerId, agentId];
  const failed = status === 'error' || status === 'failed';
  return [
    { level: 'OUT', text: `${new Date(at).toISOString()}  ${asks}: ${requestWords(exchange)}` },
    { level: failed ? 'WARN' : 'INFO', text: `  ${answers}: ${outcomeWords(exchange)}` },
  ];
}

/** Returns what an answer says: its text, and as JSON whatever it holds besides; one without a text is JSON. */
export function answerWords(result: Json): string {
  const said = saidText(result);
  if (said === undefined) return JSON.stringify(result);
  return `“${said.text}”${said.rest === undefined ? '' : ` ${JSON.stringify(said.rest)}`}`;
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}
