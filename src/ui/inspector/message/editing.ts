import { type Bytes, concat } from '../../../protocol/bytes.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { envelopeBytes } from '../wire/envelope-parts.ts';
import { differingBit, differingBitOfBytes } from './bit.ts';
import { bytesOfBase64, bytesOfText, spacedHex } from './bytes.ts';
import { valueText, withFlippedBit, withValue } from './flip.ts';

/** How a copy of a message is changed, a member at a time. Bodies are text, or base64 of bytes. */
export interface Editing {
  /** Returns a member's value as it is edited; empty when there is no such member. */
  read(body: string, path: string): string;
  /** Returns the body with another value of the member; undefined when the text stands for none. */
  write(body: string, path: string, text: string): string | undefined;
  /** Returns the body with one bit of the member flipped. */
  flip(body: string, path: string): string;
  /** Returns which bit of a member differs between two bodies; undefined when it is not exactly one. */
  differing(before: string, after: string, path: string): string | undefined;
  /** Returns all of a body as hex. */
  hex(body: string): string;
  /** What is said of a text that stands for no value. */
  readonly refusal: string;
}

const bare = (body: string, path: string) => (valueText(body, path) ?? '').replace(/^"|"$/g, '');

/** Changes JSON, whose values are edited as the text that they are. */
export const jsonEditing: Editing = {
  read: (body, path) => valueText(body, path) ?? '',
  write: withValue,
  flip: withFlippedBit,
  differing: (before, after, path) => differingBit(bare(before, path), bare(after, path)),
  hex: (body) => spacedHex(bytesOfText(body).bytes),
  refusal: '',
};

const decoder = new TextDecoder();

/** Changes a binary envelope, whose header is edited as text and everything else as hex. */
export const binaryEditing: Editing = {
  read: (body, path) => {
    const { bytes, part } = partOf(body, path);
    if (part === undefined) return '';
    const value = bytes.subarray(part.value.from, part.value.to);
    return part.isText ? decoder.decode(value) : spacedHex(value);
  },
  write: (body, path, text) => {
    const { part } = partOf(body, path);
    const value = part?.isText === true ? new TextEncoder().encode(text) : bytesOfHex(text);
    return value === undefined ? undefined : withBytes(body, path, value);
  },
  flip: (body, path) => {
    const { bytes, part } = partOf(body, path);
    if (part === undefined) return body;
    const value = bytes.slice(part.value.from, part.value.to);
    const at = flippedIn(value);
    value[at] = (value[at] ?? 0) ^ 1;
    return withBytes(body, path, value);
  },
  differing: (before, after, path) => {
    const [old, now] = [before, after].map((body) => {
      const { bytes, part } = partOf(body, path);
      return part === undefined ? new Uint8Array(0) : bytes.subarray(part.value.from, part.value.to);
    });
    return old === undefined || now === undefined ? undefined : differingBitOfBytes(old, now);
  },
  hex: (body) => spacedHex(bytesOfBase64(body) ?? new Uint8Array(0)),
  refusal: 'This is not hex: two digits for each byte. The copy stays as it was.',
};

function partOf(body: string, path: string) {
  const { bytes, parts } = envelopeBytes(body);
  return { bytes, part: parts.find((each) => each.path === path) };
}

/** A quote is left alone, so that a header's member stays one. */
function flippedIn(value: Bytes): number {
  const last = value.length - 1;
  return value[last] === 0x22 ? Math.max(0, last - 1) : value.length >> 1;
}

function withBytes(body: string, path: string, value: Bytes): string {
  const { bytes, part } = partOf(body, path);
  if (part === undefined) return body;
  return encodeBase64(concat(bytes.slice(0, part.value.from), value, bytes.slice(part.value.to)));
}

/** Returns the bytes of hex digits, spaces aside; undefined for anything else. */
export function bytesOfHex(text: string): Bytes | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}
