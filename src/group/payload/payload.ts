import type { Bytes } from '../../protocol/bytes.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import type { MessageId } from './message-id.ts';

/** The last entry that a sender had read: its index and the log's head after it, 32 bytes (groups page, section 5, Forks). */
export interface Seen {
  readonly index: number;
  readonly head: Bytes;
}

/** What every payload has. `sentAt` is in Unix seconds. */
interface Sent {
  readonly messageId: MessageId;
  readonly sentAt: number;
  readonly seen: Seen;
}

/** Something said to everybody. */
interface GroupMessage extends Sent {
  readonly type: 'GROUP_MESSAGE';
  readonly content: JsonValue;
}

/** Something asked of those in `to`, or of everybody. `expiresAt` is in Unix seconds. */
interface GroupRequest extends Sent {
  readonly type: 'GROUP_REQUEST';
  readonly method: string;
  readonly parameters: JsonValue;
  readonly expiresAt: number;
  readonly to?: readonly string[];
}

/** An answer to a request, for all to see. */
interface GroupResponse extends Sent {
  readonly type: 'GROUP_RESPONSE';
  readonly answers: MessageId;
  readonly outcome:
    | { readonly status: 'SUCCESS'; readonly result: JsonValue }
    | { readonly status: 'ERROR'; readonly error: JsonValue };
}

/** What its sender has taken in: the highest index. */
interface GroupReceipt extends Sent {
  readonly type: 'GROUP_RECEIPT';
  readonly read: number;
}

/** Everything that a message of a group can hold (groups page, section 6). Who sent it is nothing of the payload. */
export type GroupPayload = GroupMessage | GroupRequest | GroupResponse | GroupReceipt;

/** A payload without what the runtime puts in when it is sent: a payload that is encrypted anew has another `seen`. */
export type Unsent =
  | Omit<GroupMessage, 'seen'>
  | Omit<GroupRequest, 'seen'>
  | Omit<GroupResponse, 'seen'>
  | Omit<GroupReceipt, 'seen'>;

/** A payload as it came, with the bytes beside it. */
export interface ReadPayload {
  readonly payload: GroupPayload;
  /** As it was sent: what a digest or a record is made of. */
  readonly json: JsonObject;
  readonly attachment: Bytes | undefined;
}
