import { hexPairs } from '../../../protocol/bytes.ts';
import { bodyJson } from './body-json.ts';
import { envelopeBytes } from './envelope-parts.ts';
import { base64Size, isBinaryMember, kindOfPart, type MemberKind, memberKind } from './member-kinds.ts';

/** One line of a body: a member with its value, or the head of a nested object. */
export interface BodyLine {
  /** Names joined by `.`; unique in the body. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Undefined for the head of an object or a list that is not empty. */
  readonly value?: {
    /** JSON, or the hex of bytes that are kept. */
    readonly text: string;
    readonly kind: MemberKind;
    /** How many bytes it stands for, or has. */
    readonly bytes?: number;
  };
}

/** A body as a log keeps it: text, or base64 of bytes. */
export interface KeptBody {
  readonly text: string;
  readonly form?: 'binary' | undefined;
  /** Bytes of it when it travelled. */
  readonly size?: number | undefined;
}

/** A body from the wire, which may be anything. */
export type WireBody =
  | { readonly type: 'empty' }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'members';
      /** `CLIENT_HELLO`, `ENVELOPE`, `PROBLEM` or what else it says it is; empty when it does not. */
      readonly message: string;
      readonly lines: readonly BodyLine[];
      readonly senderId?: string;
      /** True when a top-level signature covers the rest. */
      readonly signed: boolean;
      readonly problemCode?: string;
      /** Of a binary envelope: what it is made of, and the bytes of its ciphertext that were not kept. */
      readonly binary?: {
        readonly sizes: readonly (readonly [name: string, bytes: number])[];
        readonly missing: number;
      };
    };

const decoder = new TextDecoder();
/** Nesting deeper than this is no message of the protocol and is shown as one line. */
const deepest = 8;

/** Reads a body without trusting it: what is no JSON object and no binary envelope is shown as the text it is. Never throws. */
export function readWireBody(body: string, { form, size }: Omit<KeptBody, 'text'> = {}): WireBody {
  if (body === '') return { type: 'empty' };
  if (form === 'binary') return readEnvelope(body, size);
  const value = bodyJson(body);
  if (!isObject(value)) return { type: 'text', text: body };
  return {
    type: 'members',
    message: messageName(value),
    lines: linesOf(value, '', 0),
    ...(typeof value.sender_id === 'string' ? { senderId: value.sender_id } : {}),
    signed: typeof value.signature === 'string',
    ...(isProblem(value) && typeof value.code === 'string' ? { problemCode: value.code } : {}),
  };
}

function readEnvelope(base64: string, size: number | undefined): WireBody {
  const { bytes, parts, header, sizes, missing } = envelopeBytes(base64, size);
  if (parts.length === 0) return { type: 'text', text: hexPairs(bytes, ' ') };
  const value = bodyJson(header);
  const lines = parts.map(({ path, value: { from, to }, isText }): BodyLine => {
    const part = bytes.subarray(from, to);
    const isLast = to === bytes.length;
    const text = isText ? decoder.decode(part) : hexPairs(part, ' ');
    const length = isText ? {} : { bytes: part.length + (isLast ? missing : 0) };
    return { path, name: path, depth: 0, value: { text, kind: kindOfPart(path), ...length } };
  });
  const senderId = isObject(value) && typeof value.sender_id === 'string' ? { senderId: value.sender_id } : {};
  return { type: 'members', message: 'ENVELOPE', lines, ...senderId, signed: true, binary: { sizes, missing } };
}

/** Returns the text with two spaces of indentation when it is JSON, unchanged otherwise. */
export function prettyJson(text: string): string {
  const value = bodyJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isProblem(value: Readonly<Record<string, unknown>>): boolean {
  return typeof value.type === 'string' && value.type.startsWith('urn:parley:error:');
}

function messageName(value: Readonly<Record<string, unknown>>): string {
  if (typeof value.message_type === 'string') return value.message_type;
  if (isObject(value.encrypted_payload)) return 'ENVELOPE';
  return isProblem(value) ? 'PROBLEM' : '';
}

function linesOf(value: object, prefix: string, depth: number): readonly BodyLine[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const path = `${prefix}${name}`;
    if (typeof member === 'object' && member !== null && Object.keys(member).length > 0 && depth < deepest) {
      return [{ path, name, depth }, ...linesOf(member, `${path}.`, depth + 1)];
    }
    return [{ path, name, depth, value: leaf(path, member) }];
  });
}

function leaf(path: string, member: unknown): NonNullable<BodyLine['value']> {
  const text = JSON.stringify(member);
  const kind = memberKind(path, member);
  const bytes = typeof member === 'string' && isBinaryMember(path) ? base64Size(member) : undefined;
  return { text, kind, ...(bytes === undefined ? {} : { bytes }) };
}
