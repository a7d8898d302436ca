import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { largestValueBytes } from '../contracts/message-room.ts';

/** Levels below the payload object that holds the value (protocol page, section 1). */
const mostLevels = limits.jsonDepth - 1;
/** Items and members together: each of them takes at least two bytes. */
const mostNodes = largestValueBytes / 2;

/**
 * Returns a copy of `value` as JSON that any peer accepts (protocol page, section 1), with its members in canonical order. Throws
 * `invalid_input` for everything that JSON cannot hold: BigInt, undefined, functions,
 * symbols, also as names, cycles, objects of a class (Date, Map, typed arrays), numbers that are not finite or not exact, lone
 * surrogates, holes in arrays, more than 15 levels or 16 MiB, and what throws when it is read. The detail names the member, such as
 * `parameters.items[3].when`, with `root` for the whole; it tells no text of the value, and ends with `consequence`. A member that is undefined
 * is refused too, or left out as JSON.stringify does where \`undefinedMembers\` says so: a handler has nobody who would correct it.
 */
export function requirePlainJson(
  value: unknown,
  root: string,
  consequence = '',
  undefinedMembers: 'refused' | 'left out' = 'refused',
): JsonValue {
  const walk: Walk = { nodes: 0, characters: 0, path: [], above: [], undefinedMembers };
  try {
    const json = copyOf(value, walk);
    // A character takes 6 bytes at most, as an escape; a number and its comma 26.
    const isNear = 6 * walk.characters + 26 * walk.nodes > largestValueBytes;
    if (isNear && encodeUtf8(canonicalText(json)).length > largestValueBytes) throw new Refusal(tooLarge);
    return json;
  } catch (cause) {
    const isOwn = cause instanceof Refusal;
    const path = isOwn && cause.why === tooLarge ? root : pathText(root, walk.path);
    // Anything else comes from a getter or a proxy.
    const why = isOwn ? cause.why : 'threw an error when it was read';
    const detail = `${path} ${why}. ${consequence}`.trimEnd();
    throw new ParleyError('invalid_input', detail, isOwn ? {} : { cause });
  }
}

class Refusal {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

const tooLarge = `has more than ${largestValueBytes} bytes as JSON`;

interface Walk {
  nodes: number;
  /** UTF-16 units of strings and names. */
  characters: number;
  /** Names and indexes that lead to the value that is looked at. */
  readonly path: (string | number)[];
  /** The objects on the way. */
  readonly above: object[];
  readonly undefinedMembers: 'refused' | 'left out';
}

function copyOf(value: unknown, walk: Walk): JsonValue {
  walk.nodes += 1;
  if (walk.nodes > mostNodes) throw new Refusal(tooLarge);
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return checkedText(value, 'holds', walk);
    case 'number':
      return checkedNumber(value);
    case 'object':
      return value === null ? null : copyOfObject(value, walk);
    case 'undefined':
      throw new Refusal('is undefined, which JSON cannot hold: leave it out, or send null');
    default:
      throw new Refusal(`is a ${typeof value}, which JSON cannot hold`);
  }
}

function checkedText(text: string, where: string, walk: Walk): string {
  walk.characters += text.length;
  if (walk.characters > largestValueBytes) throw new Refusal(tooLarge);
  if (!text.isWellFormed()) throw new Refusal(`${where} a lone surrogate, which no UTF-8 can hold`);
  return text;
}

function checkedNumber(number: number): number {
  if (!Number.isFinite(number)) throw new Refusal(`is ${number}, which JSON cannot hold`);
  // From 1e21 on canonical JSON writes an exponent, which says that it is meant as a float.
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && Math.abs(number) < 1e21) {
    throw new Refusal('is an integer too large to be exact: send it as a string');
  }
  return number;
}

function copyOfObject(value: object, walk: Walk): JsonValue {
  if (walk.above.includes(value)) throw new Refusal('is an object that holds itself');
  if (walk.above.length >= mostLevels) throw new Refusal(`lies deeper than ${mostLevels} levels`);
  walk.above.push(value);
  const copy = Array.isArray(value) ? copyOfArray(value, walk) : copyOfMembers(value, walk);
  walk.above.pop();
  return copy;
}

function copyOfArray(array: readonly unknown[], walk: Walk): JsonValue {
  const { length } = array;
  if (length > mostNodes) throw new Refusal(tooLarge);
  return Array.from({ length }, (_, index) => {
    walk.path.push(index);
    const item = array[index];
    if (item === undefined && !Object.hasOwn(array, index)) throw new Refusal('is a hole in an array');
    const copy = copyOf(item, walk);
    walk.path.pop();
    return copy;
  });
}

function copyOfMembers(value: object, walk: Walk): JsonValue {
  requirePlainObject(value);
  const members: [string, JsonValue][] = [];
  for (const name of Object.keys(value)) {
    walk.path.push(name);
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined || walk.undefinedMembers === 'refused') {
      members.push([checkedText(name, 'has a name with', walk), copyOf(member, walk)]);
    }
    walk.path.pop();
  }
  const isShown = (name: symbol) => Object.prototype.propertyIsEnumerable.call(value, name);
  if (Object.getOwnPropertySymbols(value).some(isShown)) {
    throw new Refusal('has a symbol as the name of a member, which JSON cannot hold');
  }
  return Object.fromEntries(members.sort(inCanonicalOrder));
}

/** Orders members as canonical JSON does (RFC 8785, section 3.2.3): the other side gets them so, and both show the same. */
function inCanonicalOrder([one]: readonly [string, JsonValue], [other]: readonly [string, JsonValue]): number {
  return one < other ? -1 : 1;
}

/** What is sent in the place of objects that people try to send. */
const instead: Readonly<Record<string, string>> = {
  Date: 'send its toISOString()',
  Map: 'send Object.fromEntries(…) of it, or an array of its entries',
  Set: 'send an array of its items',
  Error: 'send its message',
  RegExp: 'send its source',
  Promise: 'await it first',
};

/** Throws for an object of a class. An object of another realm has another Object.prototype. */
function requirePlainObject(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const bytes =
    ArrayBuffer.isView(value) || tag === 'ArrayBuffer'
      ? 'send its bytes as base64 or its numbers as an array'
      : undefined;
  const advice = bytes ?? instead[tag] ?? 'make a plain object of it';
  throw new Refusal(
    `is ${tag === 'Object' ? 'an object of a class' : `an object of the class ${tag}`}, which JSON cannot hold: ${advice}`,
  );
}

/** Returns the path of a member as JavaScript writes it, with long names cut. A path from no root begins with its first name. */
export function pathText(root: string, path: readonly (string | number)[]): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_$][\w$]{0,63}$/.test(step) ? `.${step}` : `[${JSON.stringify(cutText(step, 64))}]`;
  });
  return (root + steps.join('')).replace(/^\./, '');
}
