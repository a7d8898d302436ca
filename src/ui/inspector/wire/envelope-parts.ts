import type { Bytes } from '../../../protocol/bytes.ts';
import { decodeIfBase64 } from '../../../protocol/wire/base64.ts';
import { splitBinaryEnvelope } from '../../../protocol/wire/binary-envelope.ts';
import { type JsonLeaf, jsonLeaves } from './json-ranges.ts';

/** A part of a binary envelope: bytes from `from` to `to`, the end not included. A header's member has its name in `whole`. */
interface EnvelopePart {
  /** The path of the same member in the JSON form; `header_length` has none there. */
  readonly path: string;
  readonly whole: ByteRange;
  readonly value: ByteRange;
  /** True for a member of the header, which is text. */
  readonly isText: boolean;
}

interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** A binary envelope (protocol page, section 4.1), as far as a log kept it. */
export interface EnvelopeBytes {
  readonly bytes: Bytes;
  /** In the order of the bytes; none when they are no binary envelope. */
  readonly parts: readonly EnvelopePart[];
  /** The header as it stands there; empty when the bytes are no binary envelope. */
  readonly header: string;
  /** Where the parts are, in the order of the page: how long the header is, where the rest begins. */
  readonly sizes: readonly (readonly [name: string, bytes: number])[];
  /** Bytes at the end, all of the ciphertext, that were not kept. */
  readonly missing: number;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns the parts of a binary envelope that is kept as base64, of `size` bytes when it travelled. It never throws. */
export function envelopeBytes(base64: string, size?: number): EnvelopeBytes {
  const bytes = decodeIfBase64(base64) ?? new Uint8Array(0);
  const missing = Math.max(0, (size ?? bytes.length) - bytes.length);
  const split = splitBinaryEnvelope(bytes);
  if (split === undefined) return { bytes, parts: [], header: '', sizes: [], missing };
  const header = decoder.decode(split.header);
  const at = (part: Bytes) => part.byteOffset - bytes.byteOffset;
  const rest = [
    ['signature', split.signature],
    ['encrypted_payload.iv', split.iv],
    ['encrypted_payload.tag', split.tag],
    ['encrypted_payload.ciphertext', split.ciphertext],
  ] as const;
  const start = at(split.header);
  return {
    bytes,
    header,
    missing,
    parts: [
      partOf('header_length', 0, start),
      ...headerParts(header, start, split.header.length),
      ...rest.map(([path, part]) => partOf(path, at(part), at(part) + part.length)),
    ],
    sizes: [
      ['length', start],
      ['header', split.header.length],
      ['signature', split.signature.length],
      ['IV', split.iv.length],
      ['tag', split.tag.length],
      ['ciphertext', split.ciphertext.length + missing],
    ],
  };
}

/** Returns the members of a header; all of it as one part when it is not a JSON object of ASCII, as every header is. */
function headerParts(header: string, start: number, length: number): readonly EnvelopePart[] {
  const leaves = header.length === length ? jsonLeaves(header) : [];
  if (leaves.length === 0) return [{ ...partOf('header', start, start + length), isText: true }];
  return leaves.map(({ path, whole, value }: JsonLeaf) => ({
    path,
    whole: { from: start + whole.from, to: start + whole.to },
    value: { from: start + value.from, to: start + value.to },
    isText: true,
  }));
}

function partOf(path: string, from: number, to: number): EnvelopePart {
  return { path, whole: { from, to }, value: { from, to }, isText: false };
}
