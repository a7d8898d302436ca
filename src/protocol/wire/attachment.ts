import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import { encodeUtf8, ScratchBuffer, writeUtf8 } from '../scratch-buffer.ts';
import { canonicalText } from './canonical.ts';
import { decodeIfUtf8, type JsonObject } from './json.ts';
import { padmeLength } from './padding.ts';
import { isObject, parseObject, parseObjectText } from './parse.ts';

/** What is encrypted: a payload as it came, and the bytes beside it. `json` has the member `attachment` exactly when there are any. */
export interface Plaintext {
  readonly json: JsonObject;
  readonly attachment: Bytes | undefined;
}

/** Bytes within which the zero byte of a short payload with an attachment stands. */
const quickLook = 512;
const space = 0x20;
const closeBrace = 0x7d;

/** Returns a payload that announces the bytes beside it (protocol page, section 4.2). */
export function announcing(payload: JsonObject, { length: size }: Uint8Array): JsonObject {
  return { ...payload, attachment: { size } };
}

/**
 * Returns a payload with the bytes beside it, padded with spaces to its Padmé length (protocol page, section 4.2). The member
 * `attachment` is put in here. Throws `message_too_large` for more than 15 MiB, for a JSON of more than 1 MiB beside bytes, and for
 * more than 16 MiB in all.
 */
export function encodePlaintext(payload: JsonObject, attachment?: Bytes): Bytes {
  const text = canonicalText(attachment === undefined ? payload : announcing(payload, attachment));
  return ScratchBuffer.use((scratch) => plaintextOf(scratch, text, attachment).slice());
}

/**
 * Returns the canonical `text` of a payload that announces `attachment` with it, padded, in a scratch buffer: what `encodePlaintext`
 * returns, and throws.
 */
export function plaintextOf(scratch: ScratchBuffer, text: string, attachment: Bytes | undefined): Bytes {
  // Three bytes are the most that UTF-8 takes for one unit of a string.
  const most = padmeLength(3 * text.length + besides(attachment));
  const quickly = scratch.filled(most, (into) => complete(into, writeUtf8(text, into), attachment));
  if (quickly !== undefined) return quickly;
  const json = encodeUtf8(text);
  const whole = new Uint8Array(paddedLength(json.length, attachment));
  whole.set(json);
  complete(whole, json.length, attachment);
  return whole;
}

/** Writes what follows a JSON of so many bytes behind it, and returns the length of the whole. Throws `message_too_large`. */
function complete(whole: Bytes, jsonLength: number, attachment: Bytes | undefined): number {
  const length = paddedLength(jsonLength, attachment);
  if (attachment !== undefined) {
    whole[jsonLength] = 0;
    whole.set(attachment, jsonLength + 1);
  }
  whole.fill(space, jsonLength + besides(attachment), length);
  return length;
}

function paddedLength(jsonLength: number, attachment: Bytes | undefined): number {
  if (attachment !== undefined && (jsonLength > limits.textBesideAttachment || attachment.length > limits.attachment)) {
    throw tooLarge();
  }
  const length = padmeLength(jsonLength + besides(attachment));
  if (length > limits.plaintext) throw tooLarge();
  return length;
}

/** The zero byte and what follows it. */
function besides(attachment: Bytes | undefined): number {
  return attachment === undefined ? 0 : 1 + attachment.length;
}

/**
 * Reads what `encodePlaintext` wrote (protocol page, section 4.2): strict JSON, which need not be canonical, and bytes exactly when it
 * says so. The bytes are a view of `plaintext`, or a copy where it is much longer than they are. Throws `message_too_large` over 16 MiB, else `malformed_message`.
 */
export function readPlaintext(plaintext: Bytes): Plaintext {
  if (plaintext.length > limits.plaintext) throw tooLarge();
  const text = plaintext.subarray(0, quickLook).includes(0) ? undefined : textWithoutZero(plaintext);
  if (text !== undefined) return withoutAttachment(text);
  const end = plaintext.indexOf(0);
  if (end === -1) throw malformed('The body is not JSON in UTF-8.');
  if (plaintext[end - 1] !== closeBrace) throw malformed('Something stands between the JSON and the zero byte.');
  if (end > limits.textBesideAttachment) throw malformed('The JSON beside an attachment is longer than 1 MiB.');
  const json = parseObject(plaintext.subarray(0, end), limits.textBesideAttachment);
  const size = sizeOf(json);
  if (size === undefined) throw malformed('Bytes follow a payload that announces none.');
  const after = end + 1 + size;
  if (after > plaintext.length) throw malformed('The attachment is shorter than the payload says.');
  requireSpaces(plaintext, after);
  const bytes = plaintext.subarray(end + 1, after);
  return { json, attachment: 2 * size < plaintext.length ? bytes.slice() : bytes };
}

/** Returns the text of a plaintext in UTF-8 without a zero byte. To look for one in the text is many times faster than in the bytes. */
function textWithoutZero(plaintext: Bytes): string | undefined {
  const text = decodeIfUtf8(plaintext);
  return text?.includes('\0') === false ? text : undefined;
}

function withoutAttachment(text: string): Plaintext {
  let end = text.length;
  while (text.charCodeAt(end - 1) === space) end--;
  if (text.charCodeAt(end - 1) !== closeBrace) throw malformed('Something other than spaces stands behind the JSON.');
  const json = parseObjectText(text.slice(0, end));
  if (json.attachment !== undefined) throw malformed('The payload announces an attachment, and no bytes follow.');
  return { json, attachment: undefined };
}

/** The size that a payload announces; undefined when it announces nothing. Throws for what is not exactly {"size"}. */
function sizeOf({ attachment }: JsonObject): number | undefined {
  if (attachment === undefined) return undefined;
  if (!isObject(attachment)) throw malformed('The member attachment is not an object.');
  const { size, ...rest } = attachment;
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && size <= limits.attachment;
  if (!isSize || Object.keys(rest).length > 0) throw malformed('The member attachment is not exactly a size.');
  return size;
}

function requireSpaces(plaintext: Bytes, from: number): void {
  for (let i = from; i < plaintext.length; i++) {
    if (plaintext[i] !== space) throw malformed('Something other than spaces stands behind the attachment.');
  }
}

function malformed(detail: string): ParleyError {
  return new ParleyError('malformed_message', detail);
}

function tooLarge(): ParleyError {
  return new ParleyError('message_too_large', 'The payload and what goes with it are too long for one message.');
}
