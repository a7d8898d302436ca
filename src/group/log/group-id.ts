import { type Bytes, fromHex, toHex } from '../../protocol/bytes.ts';

declare const brand: unique symbol;

/** What names a group: 16 random bytes, as 32 lowercase hex digits (groups page, section 1). */
export type GroupId = string & { readonly [brand]: 'GroupId' };

/** True for 32 lowercase hex digits. */
export function isGroupId(text: string): text is GroupId {
  return /^[0-9a-f]{32}$/.test(text);
}

/** Returns the group_id that bytes of MLS are; undefined for another number of them than 16. */
export function groupIdOf(bytes: Uint8Array): GroupId | undefined {
  const text = toHex(bytes);
  return isGroupId(text) ? text : undefined;
}

/** Returns the 16 bytes that MLS has for a group_id. */
export function groupIdBytes(groupId: GroupId): Bytes {
  return fromHex(groupId);
}
