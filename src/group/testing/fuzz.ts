import { MlsError } from '../../mls/errors.ts';
import type { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { GroupError } from '../codes.ts';
import { mutatedJson } from './mutated-json.ts';

/** Something that is read of others or of a storage. */
export interface Target<Value> {
  /** One that is right: bytes, or JSON whose text in UTF-8 is read. */
  readonly sample: Bytes | JsonValue;
  /** Reads it. */
  readonly read: (bytes: Bytes) => Value | Promise<Value>;
  /** True when what was read says what the bytes say, and nothing else. Absent where nothing but the sample may be read. */
  readonly isFaithful?: (value: Value, bytes: Bytes) => boolean;
  /** The one code that it is refused with; absent where any code of Parley will do. */
  readonly code?: string;
}

/** What became of mutations. */
export interface Fuzzed {
  readonly refused: number;
  readonly read: number;
}

/**
 * Gives a target so many mutations of its sample: each is refused by a typed error, or read as what it is. After each hundred, and at the end, the
 * sample itself is still read. Throws what breaks that, with the bytes.
 */
export async function fuzzed<Value>(target: Target<Value>, runs: number, chance: Chance): Promise<Fuzzed> {
  const { sample } = target;
  const right = sample instanceof Uint8Array ? sample : new TextEncoder().encode(JSON.stringify(sample));
  const mutate = () => (sample instanceof Uint8Array ? mutatedBytes(sample, chance) : mutatedJson(sample, chance));
  const isRead = async () => {
    if ((await reading(target, right.slice())) === 'refused') throw new Error('What is right is refused.');
  };
  await isRead();
  let refused = 0;
  for (let run = 0; run < runs; run++) {
    if ((await reading(target, mutate())) === 'refused') refused++;
    if (run % 100 === 99) await isRead();
  }
  await isRead();
  return { refused, read: runs - refused };
}

async function reading<Value>(
  { sample, read, isFaithful, code }: Target<Value>,
  bytes: Bytes,
): Promise<'refused' | 'read'> {
  const given = bytes.slice();
  let value: Value;
  try {
    value = await read(bytes);
  } catch (cause) {
    const isTyped = cause instanceof ParleyError || cause instanceof GroupError || cause instanceof MlsError;
    if (isTyped && (code === undefined || cause.code === code)) return 'refused';
    throw new Error(`It breaks: ${shown(given)}`, { cause });
  }
  const isSample = sample instanceof Uint8Array && toHex(sample) === toHex(given);
  const isRight = isFaithful === undefined ? isSample || !(sample instanceof Uint8Array) : isFaithful(value, given);
  if (isRight) return 'read';
  throw new Error(`It is taken for something that it is not: ${shown(given)}`);
}

function shown(bytes: Bytes): string {
  return `${toHex(bytes.subarray(0, 400))} ${JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 400)))}`;
}

/** True when every member that was read is in the JSON, bytes as base64, and, when it is read `strictly`, nothing else is. */
export function saysTheSame(value: unknown, json: unknown, isStrict: boolean): boolean {
  if (value instanceof Uint8Array) return json === encodeBase64(new Uint8Array(value));
  if (Array.isArray(value)) {
    if (!Array.isArray(json) || json.length !== value.length) return false;
    return value.every((one, at) => saysTheSame(one, json[at], isStrict));
  }
  if (typeof value !== 'object' || value === null) return Object.is(value, json) || value === json;
  if (typeof json !== 'object' || json === null) return false;
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  if (isStrict && Object.keys(json).length !== members.length) return false;
  return members.every(([name, one]) => saysTheSame(one, Reflect.get(json, name), isStrict));
}
