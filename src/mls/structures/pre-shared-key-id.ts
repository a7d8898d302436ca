import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { nameOf } from './enumerations.ts';

/** What a resumption PSK is used for, by its number. */
const resumptionUsages = { application: 1, reinit: 2, branch: 3 } as const;

/** Names a pre-shared key and its use in one epoch (RFC 9420, section 8.4). */
export type PreSharedKeyId =
  | { readonly type: 'external'; readonly pskId: Bytes; readonly nonce: Bytes }
  | {
      readonly type: 'resumption';
      readonly usage: keyof typeof resumptionUsages;
      readonly groupId: Bytes;
      readonly epoch: bigint;
      readonly nonce: Bytes;
    };

const pskTypes = { external: 1, resumption: 2 } as const;

/** Writes a PreSharedKeyID. */
export function writePreSharedKeyId(writer: Writer, id: PreSharedKeyId): void {
  writer.u8(pskTypes[id.type]);
  if (id.type === 'external') {
    writer.opaque(id.pskId);
  } else {
    writer.u8(resumptionUsages[id.usage]);
    writer.opaque(id.groupId);
    writer.u64(id.epoch);
  }
  writer.opaque(id.nonce);
}

/** Reads a PreSharedKeyID. */
export function readPreSharedKeyId(reader: Reader): PreSharedKeyId {
  const type = nameOf(pskTypes, reader.u8());
  if (type === 'external') return { type, pskId: reader.opaque(), nonce: reader.opaque() };
  return {
    type,
    usage: nameOf(resumptionUsages, reader.u8()),
    groupId: reader.opaque(),
    epoch: reader.u64(),
    nonce: reader.opaque(),
  };
}
