import type { BodyView } from '../../../agent/contracts/body-views.ts';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { formatBytes, formatCount } from '../../design/format.ts';

/** Characters of a text that are shown at most; its items are counted up to there. */
const mostText = 64 * 1024;

/** True for lines of JSON, whatever the case and the parameters of the media type. */
export function isJsonLines({ mediaType }: Pick<BodyView, 'mediaType'>): boolean {
  return /^application\/jsonl\b/i.test(mediaType);
}

/** True for a text of which only the beginning is shown. */
export function isCut({ text = '', received = 0, size = received }: BodyView): boolean {
  return text.length >= mostText && size > mostText;
}

/** Returns the word for how far the bytes of an answer have come; undefined where the status of the exchange says it. */
export function bodyStatus({ direction, answer }: ExchangeView): string | undefined {
  const isOutgoing = direction === 'outgoing';
  switch (answer?.state) {
    case 'open':
      return isOutgoing ? 'arriving' : 'sending';
    case 'stopped':
      return isOutgoing ? 'STOPPED' : 'CANCELLED';
    case 'failed':
      return 'NOT WHOLE';
    default:
      return undefined;
  }
}

/** Returns in a sentence how far the bytes of an answer have come. `peer` is the name of the other side. */
export function bodyWords(body: BodyView, direction: ExchangeView['direction'], peer: string): string {
  const isOutgoing = direction === 'outgoing';
  const came = amountOf(body);
  switch (body.state) {
    case 'unread':
      return isOutgoing ? 'It was not read.' : `${peer} has not read it yet.`;
    case 'open':
      return `${came ?? formatBytes(0)} ${isOutgoing ? 'so far' : 'sent so far'}`;
    case 'whole':
      return came ?? formatBytes(0);
    case 'stopped':
      return `${isOutgoing ? 'You stopped it' : `${peer} cancelled this`}${came === undefined ? '.' : ` after ${came}.`}`;
    case 'failed':
      return `${isOutgoing ? 'It did not come whole' : 'It was not sent whole'}: ${came ?? formatBytes(0)} came.`;
  }
}

/** Returns how much has come: items of a stream of JSON values, and bytes, of those that were announced. */
function amountOf({ text, received, size, state, ...body }: BodyView): string | undefined {
  if (state === 'whole') return size === undefined ? undefined : withItems(formatBytes(size), body, text);
  if (received === undefined) return undefined;
  const bytes = size === undefined ? formatBytes(received) : `${formatBytes(received)} of ${formatBytes(size)}`;
  return withItems(bytes, body, text);
}

function withItems(bytes: string, body: Pick<BodyView, 'mediaType'>, text = ''): string {
  if (!isJsonLines(body) || text === '' || text.length >= mostText) return bytes;
  const items = text.split('\n').filter((line) => line !== '').length;
  return `${formatCount(items, 'item')}, ${bytes}`;
}
