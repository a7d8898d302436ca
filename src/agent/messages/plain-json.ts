import { limits } from '../../protocol/limits.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';

/** Levels below the payload object that holds the value (protocol page, section 1). */
const mostLevels = limits.jsonDepth - 1;
/** UTF-8 bytes of canonical JSON that fit into an envelope after padding and base64, with room for the payload's other members. */
const mostBytes = 18_350_080 - 4_096;
/** Items and members together: each of them takes at least two bytes. */
const mostNodes = mostBytes / 2;

/** A value as plain JSON, or why it is none: its type in words, and nothing that it holds. */
export type PlainJson = { readonly json: JsonValue } | { readonly refused: string };

/**
 * Returns a copy of `value` as JSON that any peer accepts (protocol page, section 1), or why there is none; it never throws. Members
 * that are undefined are left out, as JSON.stringify leaves them out. Refused is everything else that JSON cannot say: BigInt,
 * undefined, functions, symbols, cycles, objects of a class (Date, Map, typed arrays), numbers that are not finite or not exact, lone
 * surrogates, more than 15 levels or 17.5 MiB, and what throws when it is read.
 */
export function readPlainJson(value: unknown): PlainJson {
  const budget = { nodes: 0, characters: 0 };
  try {
    const json = copyOf(value, 1, budget);
    // A character takes 6 bytes at most, as an escape; a number and its comma 26.
    const isNear = 6 * budget.characters + 26 * budget.nodes > mostBytes;
    if (isNear && encodeUtf8(canonicalText(json)).length > mostBytes) return { refused: tooLarge };
    return { json };
  } catch (cause) {
    // Anything else comes from a getter or a proxy, and is nobody's to read.
    return { refused: cause instanceof Refusal ? cause.why : 'Reading it failed.' };
  }
}

class Refusal {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

const tooLarge = `It has more than ${mostBytes} bytes as JSON.`;

interface Budget {
  nodes: number;
  /** UTF-16 units of strings and names. */
  characters: number;
}

function copyOf(value: unknown, level: number, budget: Budget): JsonValue {
  budget.nodes += 1;
  if (budget.nodes > mostNodes) throw new Refusal(tooLarge);
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return checkedText(value, budget);
    case 'number':
      return checkedNumber(value);
    case 'object':
      return value === null ? null : copyOfObject(value, level, budget);
    default:
      throw new Refusal(`JSON has no ${typeof value}.`);
  }
}

function checkedText(text: string, budget: Budget): string {
  budget.characters += text.length;
  if (budget.characters > mostBytes) throw new Refusal(tooLarge);
  if (!text.isWellFormed()) throw new Refusal('A string holds a lone surrogate.');
  return text;
}

function checkedNumber(number: number): number {
  if (!Number.isFinite(number)) throw new Refusal('A number is not finite.');
  // From 1e21 on canonical JSON writes an exponent, which says that it is meant as a float.
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && Math.abs(number) < 1e21) {
    throw new Refusal('An integer is too large to be exact.');
  }
  return number;
}

/** Copies an object; a cycle has no end of levels, so it is refused like any other depth. */
function copyOfObject(value: object, level: number, budget: Budget): JsonValue {
  if (level > mostLevels) throw new Refusal(`It has more than ${mostLevels} levels, or holds itself.`);
  if (Array.isArray(value)) {
    const { length } = value;
    if (length > mostNodes) throw new Refusal(tooLarge);
    return Array.from({ length }, (_, index): JsonValue => copyOf(value[index], level + 1, budget));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new Refusal('An object of a class is not JSON: make it a string, a number, an array or a plain object.');
  }
  const members: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    members.push([checkedText(name, budget), copyOf(member, level + 1, budget)]);
  }
  return Object.fromEntries(members);
}
