import * as v from 'valibot';
import { isGroupName } from '../../../group/descriptor/descriptor.ts';
import { type Bytes, concat } from '../../../protocol/bytes.ts';
import { decodeJsonRow, encodeJsonRow } from '../rows/json-row.ts';
import { agentId, agentIds, groupId, instant, whole } from '../rows/row-values.ts';

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
  groupId,
  kind: v.picklist(['group', 'direct']),
  name: v.pipe(v.string(), v.check(isGroupName)),
  inviter: agentId,
  members: agentIds,
  entry: whole,
  receivedAt: instant,
  until: instant,
});

/** Returns the bytes of a record: the length of its JSON in 4 bytes, the JSON, and the Welcome. */
export function encodeInvitation({ welcome, ...about }: InvitationRecord): Bytes {
  const json = encodeJsonRow(1, about);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  return concat(length, json, welcome);
}

/** Reads what `encodeInvitation` made. Throws `storage_failed` for anything else. */
export function decodeInvitation(bytes: Bytes): InvitationRecord {
  const end = bytes.length < 4 ? 0 : 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  // Without a Welcome behind it there is nothing to accept.
  const json = bytes.subarray(4, end < bytes.length ? end : 4);
  const { version: _, ...about } = decodeJsonRow(schema, json, unreadable);
  return { ...about, welcome: bytes.slice(end) };
}

const unreadable = 'A stored invitation cannot be read. Ask the inviter for another one.';
