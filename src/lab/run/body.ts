import { ParleyError } from '../../protocol/errors.ts';
import type { MessageName } from '../../protocol/trace/events.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { splitBinaryEnvelope } from '../../protocol/wire/binary-envelope.ts';
import type { MessageBody } from '../../protocol/wire/envelope-form.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** JSON as the attacker handles it: whatever it is. */
export type LabJson = null | boolean | number | string | readonly LabJson[] | { readonly [name: string]: LabJson };

/** Returns the JSON object in a body; undefined when it is not one. */
export function readObject(body: string): { readonly [name: string]: LabJson } | undefined {
  try {
    const value: LabJson = JSON.parse(body);
    return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isList(value: LabJson): value is readonly LabJson[] {
  return Array.isArray(value);
}

const handshakeNames: readonly MessageName[] = [
  'CLIENT_HELLO',
  'SERVER_HELLO',
  'CLIENT_CONFIRM',
  'SESSION_ESTABLISHED',
  'RESUME_HELLO',
  'RESUME_ACCEPT',
];

/** A body as the lab writes it down: text, or base64 of what `form` says is bytes. */
export interface WrittenBody {
  readonly body: string;
  readonly form?: 'binary' | undefined;
}

/** Returns a body as it is written down. Bytes of text that are no UTF-8 become U+FFFD. */
export function written({ form, bytes }: MessageBody): WrittenBody {
  return form === 'binary' ? { body: encodeBase64(bytes), form } : { body: decoder.decode(bytes) };
}

/** Returns the body that was written down. */
export function unwritten({ body, form }: WrittenBody): MessageBody {
  return form === 'binary' ? { form, bytes: decodeBase64(body) } : { form: 'json', bytes: encoder.encode(body) };
}

/** Returns the message that a body claims to be: of bytes, an envelope. */
export function kindOf(body: string, form?: 'binary'): MessageName {
  if (form === 'binary') return 'ENVELOPE';
  const json = readObject(body);
  const named = handshakeNames.find((name) => name === json?.message_type);
  if (named !== undefined) return named;
  return json?.encrypted_payload === undefined ? 'PROBLEM' : 'ENVELOPE';
}

/**
 * Returns every member that is not an object, by its path (names joined by `.`), in the order of the body. Of a binary envelope they are
 * those of its JSON form, and the length of the header; nothing when it is not one.
 */
export function leaves(body: string, form?: 'binary'): ReadonlyMap<string, LabJson> {
  if (form === 'binary') return envelopeLeaves(body);
  const found = new Map<string, LabJson>();
  const walk = (value: LabJson, path: string) => {
    if (typeof value === 'object' && value !== null && !isList(value)) {
      for (const [name, member] of Object.entries(value)) walk(member, path === '' ? name : `${path}.${name}`);
    } else {
      found.set(path, value);
    }
  };
  const json = readObject(body);
  if (json !== undefined) walk(json, '');
  return found;
}

function envelopeLeaves(base64: string): ReadonlyMap<string, LabJson> {
  const parts = splitBinaryEnvelope(decodeBase64(base64));
  if (parts === undefined) return new Map();
  const text = decoder.decode(parts.header);
  const header = leaves(text);
  return new Map<string, LabJson>([
    ['header_length', parts.header.length],
    ...(header.size === 0 ? [['header', text] as const] : header),
    ['signature', encodeBase64(parts.signature)],
    ['encrypted_payload.iv', encodeBase64(parts.iv)],
    ['encrypted_payload.tag', encodeBase64(parts.tag)],
    ['encrypted_payload.ciphertext', encodeBase64(parts.ciphertext)],
  ]);
}

/** Returns the body with another value at `path`, or without it when `value` is undefined. */
export function withMember(body: string, path: string, value: LabJson | undefined): string {
  const change = (
    object: { readonly [name: string]: LabJson },
    [name = '', ...rest]: readonly string[],
  ): { readonly [name: string]: LabJson } => {
    const { [name]: member, ...others } = object;
    if (rest.length > 0) {
      const inner = typeof member === 'object' && member !== null && !isList(member) ? member : {};
      return { ...others, [name]: change(inner, rest) };
    }
    return value === undefined ? others : { ...others, [name]: value };
  };
  return JSON.stringify(change(readObject(body) ?? {}, path.split('.')));
}

/** Returns a body with one bit flipped. Throws `invalid_input` when it has no such bit. */
export function withFlippedBit(body: WrittenBody, offset: number, bit: number): MessageBody {
  const { form, bytes } = unwritten(body);
  const byte = bytes[offset];
  if (byte === undefined || !Number.isInteger(bit) || bit < 0 || bit > 7)
    throw new ParleyError('invalid_input', 'The message has no such bit.');
  bytes[offset] = byte ^ (1 << bit);
  return { form, bytes };
}

/** Returns the paths whose values differ between two bodies; none when the second one has no members. */
export function difference(before: WrittenBody, after: WrittenBody): readonly string[] {
  const [old, now] = [leaves(before.body, before.form), leaves(after.body, after.form)];
  if (now.size === 0) return [];
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths].filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)));
}

/**
 * Returns another value of the same shape: one bit of base64 bytes, one digit of a number or an id, one letter of a
 * name.
 */
export function altered(value: LabJson): LabJson {
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string' || value === '') return 'altered';
  if (
    value.length >= 16 &&
    value.length % 4 === 0 &&
    /^[A-Za-z0-9+/]+={0,2}$/.test(value) &&
    !/^[0-9a-f]+$/.test(value)
  ) {
    const bytes = Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return btoa(String.fromCharCode(...bytes));
  }
  const last = value.at(-1);
  return value.slice(0, -1) + (last === '1' ? '2' : '1');
}
