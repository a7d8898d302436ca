import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { MessageName } from '../../protocol/trace/events.ts';

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

/** Returns the message that a body claims to be. */
export function kindOf(body: string): MessageName {
  const json = readObject(body);
  const named = handshakeNames.find((name) => name === json?.message_type);
  if (named !== undefined) return named;
  return json?.encrypted_payload === undefined ? 'PROBLEM' : 'ENVELOPE';
}

/** Returns every member that is not an object, by its path (names joined by `.`), in the order of the body. */
export function leaves(body: string): ReadonlyMap<string, LabJson> {
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

/** Returns the bytes of a body with one bit flipped. Throws `invalid_input` when it has no such bit. */
export function withFlippedBit(body: string, offset: number, bit: number): Bytes {
  const bytes = new TextEncoder().encode(body);
  const byte = bytes[offset];
  if (byte === undefined || !Number.isInteger(bit) || bit < 0 || bit > 7)
    throw new ParleyError('invalid_input', 'The message has no such bit.');
  bytes[offset] = byte ^ (1 << bit);
  return bytes;
}

/** Returns the paths whose values differ between two bodies. */
export function difference(before: string, after: string): readonly string[] {
  const [old, now] = [leaves(before), leaves(after)];
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
