declare const brand: unique symbol;

/** What names a message of a group: 16 random bytes, as 32 lowercase hex digits. It counts once for its sender and group (groups page, section 6). */
export type MessageId = string & { readonly [brand]: 'MessageId' };

/** True for 32 lowercase hex digits. */
export function isMessageId(text: string): text is MessageId {
  return /^[0-9a-f]{32}$/.test(text);
}
