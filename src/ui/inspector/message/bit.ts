import { envelopeBytes } from '../wire/envelope-parts.ts';
import { type JsonLeaf, jsonLeaves } from '../wire/json-ranges.ts';
import { bytesOfBase64, bytesOfText } from './bytes.ts';

/** One bit of a body as it is on the line, flipped. */
export interface FlippedBit {
  /** The byte it is in, counted from 0, and how many bytes the body has. */
  readonly offset: number;
  readonly size: number;
  /** From 0, the lowest, to 7. */
  readonly bit: number;
  readonly before: number;
  readonly after: number;
  /** The member it lies in; undefined for a bit between two members. */
  readonly member?: BitOfMember;
}

interface BitOfMember {
  /** Names joined by `.`. */
  readonly path: string;
  readonly part: 'name' | 'value';
  /** The byte of the name or value, counted from 0; the quotes count. */
  readonly at: number;
  /** What became of the bytes that a base64 value stands for; undefined for any other value. */
  readonly meaning?: string;
}

/** Where a member's value is in a body, in bytes. */
export interface PlaceOfMember {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Returns where the value of each member of a body is; nothing for a body that is no JSON object and no binary envelope. */
export function placesOf(body: string, form?: 'binary'): readonly PlaceOfMember[] {
  if (form === 'binary') return envelopeBytes(body).parts.map(({ path, value }) => ({ path, ...value }));
  const { offsetOf } = bytesOfText(body);
  return jsonLeaves(body).map(({ path, value }) => ({ path, from: offsetOf(value.from), to: offsetOf(value.to) }));
}

/** Returns what flipping a bit of a body does; undefined when the body has no such bit. */
export function flippedBit(body: string, offset: number, bit: number, form?: 'binary'): FlippedBit | undefined {
  const { bytes, offsetOf } = form === 'binary' ? { ...envelopeBytes(body), offsetOf: Number } : bytesOfText(body);
  const before = bytes[offset];
  if (before === undefined || !Number.isInteger(bit) || bit < 0 || bit > 7) return undefined;
  const after = before ^ (1 << bit);
  if (form === 'binary') return { offset, size: bytes.length, bit, before, after, ...bitOfPart(body, offset) };
  const leaf = jsonLeaves(body).find(({ whole }) => offsetOf(whole.from) <= offset && offset < offsetOf(whole.to));
  const flipped = { offset, size: bytes.length, bit, before, after };
  if (leaf === undefined) return flipped;
  return { ...flipped, member: bitOfMember(body, leaf, offset - offsetOf(leaf.whole.from), after) };
}

function bitOfPart(body: string, offset: number): Pick<FlippedBit, 'member'> {
  const part = envelopeBytes(body).parts.find(({ whole }) => whole.from <= offset && offset < whole.to);
  if (part === undefined) return {};
  const isName = offset < part.value.from;
  const at = offset - (isName ? part.whole.from : part.value.from);
  return { member: { path: part.path, part: isName ? 'name' : 'value', at } };
}

/** `at` is the byte of the whole member, with its name. */
function bitOfMember(body: string, { path, whole, value }: JsonLeaf, at: number, after: number): BitOfMember {
  const head = bytesOfText(body.slice(whole.from, value.from)).bytes.length;
  if (at < head) return { path, part: 'name', at };
  const text = body.slice(value.from, value.to);
  const meaning = text.startsWith('"') ? meaningOf(text.slice(1, -1), at - head - 1, after) : undefined;
  return { path, part: 'value', at: at - head, ...(meaning === undefined ? {} : { meaning }) };
}

/** The least that base64 of the protocol stands for; shorter text is no bytes but a word. */
const leastBytes = 12;

function meaningOf(text: string, at: number, after: number): string | undefined {
  const old = bytesOfBase64(text);
  if (old === undefined || old.length < leastBytes || at < 0 || at >= text.length) return undefined;
  const now = bytesOfBase64(`${text.slice(0, at)}${String.fromCharCode(after)}${text.slice(at + 1)}`);
  if (now === undefined) return 'The value is no longer base64.';
  const changed = [...old.keys()].filter((each) => old[each] !== now[each]);
  const words = changed.map((each) => `byte ${each} of ${old.length}, ${hex(old[each])} → ${hex(now[each])}`);
  return `In the bytes that the value stands for: ${words.join('; ')}.`;
}

/** Returns a flipped bit as a sentence: where it is, what the byte was and is, and in which member it lies. */
export function bitWords({ offset, size, bit, before, after, member }: FlippedBit): string {
  const where = `Bit ${bit} of byte ${offset} of ${size}: ${byteWords(before)} → ${byteWords(after)}`;
  if (member === undefined) return `${where}. It lies between two members.`;
  const lies = `in the ${member.part} of ${member.path}, byte ${member.at} of the ${member.part}`;
  return `${where}, ${lies}.${member.meaning === undefined ? '' : ` ${member.meaning}`}`;
}

/**
 * Returns which bit differs between two values of a member: of the bytes that base64 stands for, else of their text.
 * Undefined when it is not exactly one.
 */
export function differingBit(before: string, after: string): string | undefined {
  return differingBitOfBytes(...bytesOfValues(before, after));
}

/** Returns which bit differs between two byte strings; undefined when it is not exactly one. */
export function differingBitOfBytes(old: Uint8Array, now: Uint8Array): string | undefined {
  if (old.length !== now.length) return undefined;
  const changed = [...old.keys()].filter((at) => old[at] !== now[at]);
  const [at = 0] = changed;
  const bit = Math.log2((old[at] ?? 0) ^ (now[at] ?? 0));
  if (changed.length !== 1 || !Number.isInteger(bit)) return undefined;
  return `bit ${bit} of byte ${at} of ${old.length}: ${hex(old[at])} → ${hex(now[at])}`;
}

function bytesOfValues(before: string, after: string): readonly [Uint8Array, Uint8Array] {
  const [old, now] = [bytesOfBase64(before), bytesOfBase64(after)];
  const isBinary = old !== undefined && now !== undefined && old.length >= leastBytes && !/^[0-9a-f]+$/.test(before);
  return isBinary ? [old, now] : [bytesOfText(before).bytes, bytesOfText(after).bytes];
}

function byteWords(byte: number): string {
  const shown = byte > 32 && byte < 127 ? ` “${String.fromCharCode(byte)}”` : '';
  const bits = byte.toString(2).padStart(8, '0');
  return `${hex(byte)}${shown} ${bits.slice(0, 4)} ${bits.slice(4)}`;
}

function hex(byte = 0): string {
  return byte.toString(16).padStart(2, '0');
}
