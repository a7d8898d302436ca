import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { type LeafIndex, toLeafIndex } from '../indices.ts';
import { nameOf } from './enumerations.ts';

/** Who sent a framed content (RFC 9420, section 6). */
export type Sender =
  | { readonly type: 'member'; readonly leafIndex: LeafIndex }
  | { readonly type: 'external'; readonly senderIndex: number }
  | { readonly type: 'new_member_proposal' }
  | { readonly type: 'new_member_commit' };

const senderTypes = { member: 1, external: 2, new_member_proposal: 3, new_member_commit: 4 } as const;

/** Writes a Sender. */
export function writeSender(writer: Writer, sender: Sender): void {
  writer.u8(senderTypes[sender.type]);
  if (sender.type === 'member') writer.u32(sender.leafIndex);
  if (sender.type === 'external') writer.u32(sender.senderIndex);
}

/** Reads a Sender. */
export function readSender(reader: Reader): Sender {
  const type = nameOf(senderTypes, reader.u8());
  if (type === 'member') return { type, leafIndex: toLeafIndex(reader.u32()) };
  if (type === 'external') return { type, senderIndex: reader.u32() };
  return { type };
}
