import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import { canonicalText } from './canonical.ts';
import type { JsonObject } from './json.ts';
import { paddingFor, padmeLength } from './padding.ts';
import { isObject, parseObject } from './parse.ts';

/** What is encrypted: a payload as it came, and the bytes beside it. `json` has the member `attachment` exactly when there are any. */
export interface Plaintext {
  readonly json: JsonObject;
  readonly attachment: Bytes | undefined;
}

const zero = Uint8Array.of(0);
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
  const json = scratch.concat(text);
  if (attachment === undefined) return padded(scratch, [json], json.length);
  if (json.length > limits.textBesideAttachment || attachment.length > limits.attachment) throw tooLarge();
  return padded(scratch, [json, zero, attachment], json.length + 1 + attachment.length);
}

function padded(scratch: ScratchBuffer, parts: readonly Uint8Array[], length: number): Bytes {
  if (padmeLength(length) > limits.plaintext) throw tooLarge();
  return scratch.concat(...parts, paddingFor(length));
}

/**
 * Reads what `encodePlaintext` wrote (protocol page, section 4.2): strict JSON, which need not be canonical, and bytes exactly when it
 * says so. The bytes are a copy. Throws `message_too_large` over 16 MiB, else `malformed_message`.
 */
export function readPlaintext(plaintext: Bytes): Plaintext {
  if (plaintext.length > limits.plaintext) throw tooLarge();
  const end = plaintext.indexOf(0);
  if (end === -1) return withoutAttachment(plaintext);
  if (plaintext[end - 1] !== closeBrace) throw malformed('Something stands between the JSON and the zero byte.');
  if (end > limits.textBesideAttachment) throw malformed('The JSON beside an attachment is longer than 1 MiB.');
  const json = parseObject(plaintext.subarray(0, end), limits.textBesideAttachment);
  const size = sizeOf(json);
  if (size === undefined) throw malformed('Bytes follow a payload that announces none.');
  const after = end + 1 + size;
  if (after > plaintext.length) throw malformed('The attachment is shorter than the payload says.');
  requireSpaces(plaintext, after);
  return { json, attachment: plaintext.slice(end + 1, after) };
}

function withoutAttachment(plaintext: Bytes): Plaintext {
  const last = plaintext.findLastIndex((byte) => byte !== space);
  if (plaintext[last] !== closeBrace) throw malformed('Something other than spaces stands behind the JSON.');
  const json = parseObject(plaintext.subarray(0, last + 1), limits.plaintext);
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
