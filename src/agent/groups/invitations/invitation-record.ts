import * as v from 'valibot';
import { type Bytes, concat } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';

/** An invitation as it is stored. Times are in milliseconds since 1970. */
export interface InvitationRecord {
  readonly groupId: string;
  readonly kind: 'group' | 'direct';
  readonly name: string;
  readonly inviter: string;
  /** agent_ids, this agent's among them. */
  readonly members: readonly string[];
  /** The index of the commit that adds this agent. */
  readonly entry: number;
  readonly receivedAt: number;
  readonly until: number;
  /** The Welcome's MLSMessage. */
  readonly welcome: Bytes;
}

const schema = v.strictObject({
  version: v.literal(1),
  groupId: v.string(),
  kind: v.picklist(['group', 'direct']),
  name: v.string(),
  inviter: v.string(),
  members: v.array(v.string()),
  entry: v.number(),
  receivedAt: v.number(),
  until: v.number(),
});

/** Returns the bytes of a record: the length of its JSON in 4 bytes, the JSON, and the Welcome. */
export function encodeInvitation({ welcome, ...about }: InvitationRecord): Bytes {
  const json = new TextEncoder().encode(JSON.stringify({ version: 1, ...about }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  return concat(length, json, welcome);
}

/** Reads what `encodeInvitation` made. Throws `storage_failed` for anything else. */
export function decodeInvitation(bytes: Bytes): InvitationRecord {
  const end = bytes.length < 4 ? 0 : 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const read = v.safeParse(schema, jsonIn(bytes.subarray(Math.min(4, end), end)));
  if (!read.success || end >= bytes.length) throw unreadable();
  const { version: _, ...about } = read.output;
  return { ...about, welcome: bytes.slice(end) };
}

function jsonIn(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): ParleyError {
  return new ParleyError('storage_failed', 'A stored invitation cannot be read. Ask the inviter for another one.', {
    cause,
  });
}
