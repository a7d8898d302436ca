import { bodyJson } from './body-json.ts';
import { base64Size, isBinaryMember, type MemberKind, memberKind } from './member-kinds.ts';

/** One line of a body as JSON: a member with its value, or the head of a nested object. */
export interface BodyLine {
  /** Names joined by `.`; unique in the body. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Undefined for the head of an object or a list that is not empty. */
  readonly value?: {
    readonly text: string;
    readonly kind: MemberKind /** Decoded length of base64. */;
    readonly bytes?: number;
  };
}

/** A body from the wire, which may be anything. */
export type WireBody =
  | { readonly type: 'empty' }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'json';
      /** `CLIENT_HELLO`, `ENVELOPE`, `PROBLEM` or what else it says it is; empty when it does not. */
      readonly message: string;
      readonly lines: readonly BodyLine[];
      readonly senderId?: string;
      /** True when a top-level signature covers the rest. */
      readonly signed: boolean;
      readonly problemCode?: string;
    };

/** Nesting deeper than this is no message of the protocol and is shown as one line. */
const deepest = 8;

/** Reads a body without trusting it: what is no JSON object is shown as the text it is. Never throws. */
export function readWireBody(body: string): WireBody {
  if (body === '') return { type: 'empty' };
  const value = bodyJson(body);
  if (!isObject(value)) return { type: 'text', text: body };
  return {
    type: 'json',
    message: messageName(value),
    lines: linesOf(value, '', 0),
    ...(typeof value.sender_id === 'string' ? { senderId: value.sender_id } : {}),
    signed: typeof value.signature === 'string',
    ...(isProblem(value) && typeof value.code === 'string' ? { problemCode: value.code } : {}),
  };
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
