import { largestValueBytes } from '../agent/contracts/message-room.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import { canonicalBytes } from '../protocol/wire/canonical.ts';
import { type JsonValue, parseJson } from '../protocol/wire/json.ts';
import { findJsonFault, type TypedFault } from './json-fault.ts';

/** Parameters are one level below the request that carries them. */
const deepest = limits.jsonDepth - 1;

/** What a person typed, or why it is not sent. */
export type TypedJson =
  | { readonly value: JsonValue }
  | { readonly fault: Pick<TypedFault, 'start' | 'end'>; readonly detail: string };

/**
 * Reads JSON that a person typed as strictly as what comes from a peer (protocol page, section 1): what is sent is what was typed.
 * Refused, with the place, is what is no JSON, and JSON that says two things at once or nothing exact: a name twice in one object,
 * a number that a double cannot hold, a lone surrogate, more than 15 levels, more than a message holds. It never throws.
 */
export function checkTypedJson(text: string): TypedJson {
  const fault = findJsonFault(text, deepest);
  if (fault !== undefined)
    return { fault, detail: `${opening(fault)} ${lineAndColumn(text, fault)}: ${fault.reason}.` };
  try {
    const value = parseJson(new TextEncoder().encode(text), limits.messageBody, { depth: deepest });
    if (!isTooLarge(text, value)) return { value };
    return { fault: { start: 0, end: 0 }, detail: tooLarge };
  } catch (error) {
    const { code, detail } = asParleyError(error);
    return { fault: { start: 0, end: 0 }, detail: code === 'message_too_large' ? tooLarge : detail };
  }
}

/** Returns the JSON that a person typed; throws `invalid_input` where `checkTypedJson` refuses it. `hint` says how to type it right. */
export function readTypedJson(text: string, hint = ''): JsonValue {
  const read = checkTypedJson(text);
  if ('value' in read) return read.value;
  throw new ParleyError('invalid_input', `${read.detail} Nothing was sent.${hint === '' ? '' : ` ${hint}`}`);
}

/** What is said of more than a message holds. */
export const tooLarge = 'This is more than one message holds (16 MiB). Send it in several requests.';

/** True for a value whose canonical JSON does not fit into a message; `text` is about as long as that. */
export function isTooLarge(text: string, value: JsonValue): boolean {
  // A character takes 6 bytes at most, as an escape.
  return 6 * text.length > largestValueBytes && canonicalBytes(value).length > largestValueBytes;
}

function opening({ isSyntax }: TypedFault): string {
  return isSyntax ? 'This is not JSON at' : 'This JSON cannot be sent as it is at';
}

/** Returns where a fault stands, as editors count: from 1. */
function lineAndColumn(text: string, { start }: TypedFault): string {
  const before = text.slice(0, start).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
