import * as v from 'valibot';
import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { agentId, counter } from '../../protocol/wire/members.ts';
import { parseObject } from '../../protocol/wire/parse.ts';
import { GroupError } from '../codes.ts';

/** What a group is (groups page, section 5). */
export interface Descriptor {
  readonly kind: 'group' | 'direct';
  /** 1 to 100 characters without control or bidi characters. */
  readonly name: string;
  /** agent_ids, sorted, without duplicates. */
  readonly admins: readonly string[];
  /** Unix seconds. */
  readonly createdAt: number;
}

const schema = v.strictObject({
  kind: v.picklist(['group', 'direct']),
  name: v.string(),
  admins: v.array(agentId),
  // Any time: every member has to find a descriptor valid that one of them does.
  created_at: counter,
});

/** The longest descriptor: 256 admins and a name of 100 characters, each of them escaped. */
const longest = 32 * 1_024;
const longestName = 100;
const controlOrBidi = /[\p{Cc}\p{Bidi_Control}]/u;

/** True for 1 to 100 characters, none of them a control or bidi character: what a group may be called. */
export function isGroupName(name: string): boolean {
  // Of so many UTF-16 code units the characters need not be counted.
  if (name === '' || name.length > 2 * longestName) return false;
  return [...name].length <= longestName && !controlOrBidi.test(name) && name.isWellFormed();
}

/** Returns the data of the descriptor's extension: canonical JSON. Throws `descriptor_name` and `descriptor_admins`. */
export function encodeDescriptor(descriptor: Descriptor): Bytes {
  checkContent(descriptor);
  const { kind, name, admins, createdAt } = descriptor;
  return canonicalBytes({ kind, name, admins, created_at: createdAt });
}

/**
 * Reads the data of the descriptor's extension. Throws `descriptor_malformed` for what is not its canonical JSON, `descriptor_name` and
 * `descriptor_admins`. That the admins are members is for `judgeCommit`: only a commit that changes the descriptor has to hold to it.
 */
export function parseDescriptor(data: Bytes): Descriptor {
  const json = objectIn(data);
  const read = v.safeParse(schema, json);
  if (!read.success || !equalConstantTime(canonicalBytes(json), data)) throw malformed();
  const { kind, name, admins, created_at: createdAt } = read.output;
  const descriptor: Descriptor = { kind, name, admins, createdAt };
  checkContent(descriptor);
  return descriptor;
}

function objectIn(data: Bytes): JsonObject {
  try {
    return parseObject(data, longest, { depth: 2 });
  } catch (cause) {
    if (cause instanceof ParleyError) throw malformed(cause);
    throw cause;
  }
}

function malformed(cause?: unknown): GroupError {
  return new GroupError('descriptor_malformed', 'The descriptor is not exactly its canonical JSON.', { cause });
}

function checkContent({ kind, name, admins }: Descriptor): void {
  if (!isGroupName(name)) {
    throw new GroupError('descriptor_name', 'A name has 1 to 100 characters, none of them a control or bidi one.');
  }
  const isSorted = admins.every((admin, at) => at === 0 || (admins[at - 1] ?? '') < admin);
  if (!isSorted) throw new GroupError('descriptor_admins', 'The admins are not sorted, or one is there twice.');
  if (kind === 'direct' && admins.length !== 2) {
    throw new GroupError('descriptor_admins', 'A direct group has two admins.');
  }
}
