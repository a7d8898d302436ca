import { type Bytes, concat, fromHex, toHex } from '../../../protocol/bytes.ts';
import { isAgentId } from '../../../protocol/ids.ts';
import { encodeUtf8 } from '../../../protocol/scratch-buffer.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The last second that is one to a Date (ECMA-262). */
const lastSecond = 8.64e12;
const version = 1;
const kinds = ['message', 'request', 'response', 'receipt'] as const;
/** Version, kind, message_id, `at`, `seen`, length of the sender. */
const headLength = 1 + 1 + 16 + 8 + 8 + 1;

/** Rows of talk: the parts under which they are kept. */
export const talkParts = {
  /** A message by its index. */
  messages: 'talk/id/',
  /** A request whose handler has begun. */
  begun: 'talk/run/',
  /** An attachment by the request_id of its exchange. */
  files: 'talk/file/',
  state: 'talk/state',
} as const;

/** What is remembered of a message for 31 days: that it came, and what answers and receipts are matched with. */
export interface KnownMessage {
  /** Its place in the log. */
  readonly index: number;
  readonly kind: (typeof kinds)[number];
  readonly messageId: string;
  /** The service's time, in Unix seconds. */
  readonly at: number;
  readonly sender: string;
  /** The highest index that its sender said it had read with it. */
  readonly seen: number;
  /** What its exchange is found by in the history. */
  readonly requestId: string;
}

/** Returns the part of a message's row: rows are in the order of the log. */
export function messagePart(index: number): string {
  return `${talkParts.messages}${String(index).padStart(12, '0')}`;
}

/** Returns the bytes of a message's row, of version 1: it is never changed. */
export function encodeMessageRow({ kind, messageId, at, sender, seen, requestId }: KnownMessage): Bytes {
  const name = encodeUtf8(sender);
  const head = new Uint8Array(headLength);
  const view = new DataView(head.buffer);
  head[0] = version;
  head[1] = kinds.indexOf(kind);
  head.set(fromHex(messageId), 2);
  view.setBigUint64(18, BigInt(at));
  // -1: it had read nothing.
  view.setBigUint64(26, BigInt(seen + 1));
  head[34] = name.length;
  return concat(head, name, encodeUtf8(requestId));
}

/** Reads a message's row; undefined for one of a version that is not known, and for one that is none. */
export function decodeMessageRow(part: string, bytes: Bytes): KnownMessage | undefined {
  const kind = kinds[bytes[1] ?? kinds.length];
  const length = bytes[34] ?? 0;
  if (bytes[0] !== version || kind === undefined || bytes.length < headLength + length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const index = Number(part.slice(talkParts.messages.length));
  const at = Number(view.getBigUint64(18));
  const seen = Number(view.getBigUint64(26)) - 1;
  const sender = textIn(bytes.subarray(headLength, headLength + length));
  const requestId = textIn(bytes.subarray(headLength + length));
  if (sender === undefined || !isAgentId(sender) || requestId === undefined) return undefined;
  if (![index, seen].every(Number.isSafeInteger) || at > lastSecond) return undefined;
  return { index, kind, messageId: toHex(bytes.subarray(2, 18)), at, sender, seen, requestId };
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    // What TextDecoder throws for bytes that are no UTF-8 (Encoding Standard).
    if (cause instanceof TypeError) return undefined;
    throw cause;
  }
}
