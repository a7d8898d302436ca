import type { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Values that readers of JSON have stumbled over. */
const strange: readonly JsonValue[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 53), Number.MIN_VALUE, -0],
  ...[
    '',
    ' ',
    '0',
    '-1',
    'null',
    '__proto__',
    '\u0000',
    '\ufeff',
    '\ud800',
    '\u202e',
    '=',
    'A'.repeat(43),
    'A'.repeat(44),
  ],
  ...['a'.repeat(10_000), '🜁'.repeat(100), 'ab'.repeat(16), 'AB'.repeat(16), 'AQID', 'AQI', 'AQIE\n'],
  ...[[], {}, [[]], [null], { a: 1 }, Array.from({ length: 1_000 }, () => 0)],
  nested(14),
  nested(40),
];

function nested(depth: number): JsonValue {
  return depth === 0 ? 0 : [nested(depth - 1)];
}

/** Returns JSON that is wrong in one or two places, or strange and right: as text in UTF-8, or now and then no JSON at all. */
export function mutatedJson(json: JsonValue, chance: Chance): Bytes {
  const text = (value: JsonValue) => encoder.encode(JSON.stringify(value));
  const bytes = text(json);
  if (chance.percent(25)) return mutatedBytes(bytes, chance);
  for (;;) {
    let mutated = json;
    for (let more = chance.below(2); more >= 0; more--) mutated = changed(mutated, chance);
    const its = text(mutated);
    const named = decoder.decode(its);
    if (named === decoder.decode(bytes)) continue;
    // What `JSON.stringify` never writes: a member twice, a number in another spelling.
    if (chance.percent(3))
      return encoder.encode(named.replace('{', `{"${chance.pick(['a', '__proto__', 'kind'])}":1,`));
    if (chance.percent(3)) return encoder.encode(named.replace(/:(\d+)/, ':$1.0'));
    return its;
  }
}

function changed(json: JsonValue, chance: Chance): JsonValue {
  // Deep places count as much as shallow ones.
  const isHere = chance.percent(20);
  if (typeof json === 'object' && json !== null && !isHere) {
    return isList(json) ? changedList(json, chance) : changedObject(json, chance);
  }
  if (typeof json === 'string' && chance.percent(50)) return decoder.decode(mutatedBytes(encoder.encode(json), chance));
  if (typeof json === 'number' && chance.percent(50)) return json + chance.pick([1, -1, 0.5, 2 ** 32, -(2 ** 32)]);
  return chance.pick(strange);
}

function changedList(list: readonly JsonValue[], chance: Chance): JsonValue {
  const at = chance.below(list.length + 1);
  const [before, one, after] = [list.slice(0, at), list[at], list.slice(at + 1)];
  if (one === undefined) return [...list, chance.pick([...list, ...strange])];
  return chance.pick([
    () => [...before, changed(one, chance), ...after],
    () => [...before, changed(one, chance), ...after],
    () => [...before, ...after],
    () => [...before, one, one, ...after],
    () => [...after, one, ...before],
  ])();
}

function changedObject(object: JsonObject, chance: Chance): JsonValue {
  const names = Object.keys(object);
  if (names.length === 0 || chance.percent(8))
    return { ...object, [chance.pick(['more', 'constructor', ''])]: chance.pick(strange) };
  const name = chance.pick(names);
  const { [name]: value = null, ...rest } = object;
  if (chance.percent(15)) return rest;
  if (chance.percent(8)) return { ...object, [name]: object[chance.pick(names)] ?? null };
  return { ...object, [name]: changed(value, chance) };
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}
