import * as v from 'valibot';
import { isWireCode, ParleyError, type WireCode } from '../errors.ts';
import { limits } from '../limits.ts';
import { cutText } from './cut.ts';
import { type JsonObject, type JsonValue, jsonText, parseJson, parseJsonText } from './json.ts';
import type { JsonShape } from './scan.ts';
import { shapes } from './shapes.ts';

/** A message as it came (for canonical bytes) and as its schema read it. Only `parseMessage` makes one. */
export interface Parsed<T> {
  readonly json: JsonObject;
  readonly value: T;
}

/** Reads the JSON object in `bytes`, as `parseJson` does. Throws `message_too_large` or `malformed_message`. */
export function parseObject(bytes: Uint8Array, limit: number, shape?: JsonShape): JsonObject {
  return parseObjectText(textOfObject(bytes, limit), shape);
}

/** Returns the text in `bytes`, which may be a JSON object's. Throws `message_too_large` or `malformed_message`. */
export function textOfObject(bytes: Uint8Array, limit: number): string {
  // A large body that is nothing of the kind is not decoded.
  if (bytes.length <= limit && !beginsObject(bytes)) throw notAnObject();
  return jsonText(bytes, limit);
}

/** Reads the JSON object in `text`, as `parseObject` does. Throws `malformed_message`. */
export function parseObjectText(text: string, shape: JsonShape = shapes.any): JsonObject {
  const json = parseJsonText(text, shape);
  if (!isObject(json)) throw notAnObject();
  return json;
}

/** True for bytes whose first one that is no white space opens a JSON object. */
export function beginsObject(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x7b;
}

function notAnObject(): ParleyError {
  return new ParleyError('malformed_message', 'The body is not a JSON object.');
}

/** Returns the JSON object in the body of a handshake's or a resumption's message, within its limits; throws as `parseObject`. */
export function parseHandshakeObject(bytes: Uint8Array): JsonObject {
  return parseObject(bytes, limits.handshakeBody, shapes.handshake);
}

/** True for a JSON object. */
export function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Messages that have the member `protocol`. */
const namesProtocol: ReadonlySet<unknown> = new Set(['CLIENT_HELLO', 'SERVER_HELLO', 'RESUME_HELLO']);

/**
 * Reads a JSON object by a schema, once. Throws `malformed_message`, or `unsupported_protocol` when it names another
 * protocol version (protocol page, section 3).
 */
export function parseMessage<const Schema extends v.GenericSchema>(
  schema: Schema,
  json: JsonObject,
): Parsed<v.InferOutput<Schema>> {
  if (namesProtocol.has(json.message_type) && typeof json.protocol === 'string' && json.protocol !== 'parley/1') {
    throw new ParleyError('unsupported_protocol', 'The agent that was asked speaks parley/1 only.');
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return { json, value: result.output };
  throw new ParleyError('malformed_message', wordsFor(result.issues[0]));
}

/**
 * Returns what is wrong, without a word of what was received: it may have been encrypted, and be as long as its
 * sender likes.
 */
function wordsFor(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'It has a member that this message does not have.';
  const path = v.getDotPath(issue);
  if (issue.path?.at(-1)?.origin === 'key') return `Member ${path} is missing.`;
  const wanted = issue.expected === null ? issue.message : `expected ${issue.expected}`;
  return path === null ? `The message: ${wanted}.` : `Member ${path}: ${wanted}.`;
}

const problem = v.object({
  code: v.string(),
  detail: v.optional(v.string()),
  now: v.optional(v.number()),
  index: v.optional(v.number()),
});

/**
 * Returns the error that a peer's problem+json names: advice only, since error answers are not authenticated
 * (protocol page, section 4).
 */
export function readProblem(
  bytes: Uint8Array,
  limit: number,
): { code: WireCode; detail: string; now?: number; index?: number } | undefined {
  let json: JsonValue;
  try {
    json = parseJson(bytes, limit);
  } catch {
    return undefined;
  }
  const result = v.safeParse(problem, json);
  if (!result.success || !isWireCode(result.output.code)) return undefined;
  const { code, detail = '', now, index } = result.output;
  return {
    code,
    detail: cutText(detail, 500),
    ...(now === undefined ? {} : { now }),
    ...(index === undefined ? {} : { index }),
  };
}
