import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ScratchBuffer } from '../../../protocol/scratch-buffer.ts';
import { canonicalText } from '../../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { label } from '../../../protocol/wire/label.ts';
import type { StoredAuditEntry } from '../../contracts/audit-store.ts';

/** The end of a trail: how many entries it has, and the hash of the last, 32 bytes. */
export interface Head {
  readonly length: number;
  readonly hash: Bytes;
}

/** The head of a trail without entries: what the first one names. */
export const emptyHead: Head = { length: 0, hash: new Uint8Array(32) };

/** Returns `H(label("audit entry") || text)`, 32 bytes, where `text` is JCS of an entry. */
export function hashEntry(subtle: Subtle, text: string): Promise<Bytes> {
  return ScratchBuffer.use((scratch) => sha256(subtle, scratch.concat(label('audit entry'), text)));
}

/** Returns the entry that follows a head: `content` with its place in the chain. */
export async function chainEntry(subtle: Subtle, head: Head, content: JsonObject): Promise<StoredAuditEntry> {
  const text = canonicalText({ ...content, index: head.length, prev: toHex(head.hash) });
  return { index: head.length, text, hash: await hashEntry(subtle, text) };
}
