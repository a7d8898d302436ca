import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { encodeJsonRow, jsonRowIn } from '../rows/json-row.ts';
import { indexOrNone, whole } from '../rows/row-values.ts';

/** The row of version 1: it is never changed. */
const stateRowV1 = v.strictObject({
  version: v.literal(1),
  seen: indexOrNone,
  receipts: v.boolean(),
  receipt: indexOrNone,
  fileBytes: whole,
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
  return encodeJsonRow(1, { seen, receipts, receipt, fileBytes });
}

/** Reads the row; `silent` for one of a version that is not known, and for one that was damaged. */
export function decodeStateRow(bytes: Bytes | undefined): TalkState {
  if (bytes === undefined) return silent;
  const read = jsonRowIn(stateRowV1, bytes);
  if (read === undefined) return silent;
  const { seen, receipts: sendsReceipts, receipt, fileBytes } = read;
  return { seen, sendsReceipts, receipt, fileBytes };
}
