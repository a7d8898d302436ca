import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { encodeUtf8 } from '../../../protocol/scratch-buffer.ts';

const decoder = new TextDecoder();

/** The row of version 1: it is never changed. */
const stateRowV1 = v.object({
  version: v.literal(1),
  seen: v.number(),
  receipts: v.boolean(),
  receipt: v.number(),
  fileBytes: v.number(),
});

/** What is kept of a group's talk beside its messages. */
export interface TalkState {
  /** The index up to which the person has seen everything; -1 when nothing. */
  readonly seen: number;
  readonly sendsReceipts: boolean;
  /** The index that the last receipt named; -1 when there was none. */
  readonly receipt: number;
  /** Bytes of attachments that are kept. */
  readonly fileBytes: number;
}

/** The state of a group in which nothing was said. */
export const silent: TalkState = { seen: -1, sendsReceipts: false, receipt: -1, fileBytes: 0 };

/** Returns the bytes of the row. */
export function encodeStateRow({ seen, sendsReceipts: receipts, receipt, fileBytes }: TalkState): Bytes {
  return encodeUtf8(JSON.stringify({ version: 1, seen, receipts, receipt, fileBytes }));
}

/** Reads the row; `silent` for one of a version that is not known, and for one that was damaged. */
export function decodeStateRow(bytes: Bytes | undefined): TalkState {
  if (bytes === undefined) return silent;
  const read = v.safeParse(stateRowV1, jsonIn(bytes));
  if (!read.success) return silent;
  const { seen, receipts: sendsReceipts, receipt, fileBytes } = read.output;
  return { seen, sendsReceipts, receipt, fileBytes };
}

function jsonIn(bytes: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
