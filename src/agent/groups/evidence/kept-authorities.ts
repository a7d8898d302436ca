import * as v from 'valibot';
import { type Bytes, equalConstantTime } from '../../../protocol/bytes.ts';
import { asParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { bytesBetween } from '../../../protocol/wire/members.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { decodeJsonRow, encodeJsonRow } from '../rows/json-row.ts';

/** The row of the CAs, among those that belong to no group. */
const authoritiesPart = 'authorities';
/** CAs that are kept: a person has to accept each change of one. The oldest goes. */
const mostKept = 32;
/** Bytes of the largest certificate of a CA that is read. */
const largestKept = 64 * 1_024;

const schema = v.strictObject({
  version: v.literal(1),
  authorities: v.pipe(v.array(bytesBetween(1, largestKept)), v.maxLength(mostKept)),
});

/**
 * Returns the DER of every CA that was ever pinned here, the present one first: for *valid* each stays so (groups page, section 2). One that
 * is new is stored first. Rejects with `storage_failed` and `storage_full`.
 */
export async function keptAuthorities(
  rows: Pick<GroupRows, 'read' | 'write'>,
  pinned: Bytes,
): Promise<readonly Bytes[]> {
  const known = await storedAuthorities(rows);
  const all = [pinned, ...known.filter((one) => !equalConstantTime(one, pinned))].slice(0, mostKept);
  const [first] = known;
  if (first === undefined || !equalConstantTime(first, pinned)) {
    await rows.write({ put: [{ group: '', part: authoritiesPart, bytes: encodeAuthorities(all) }], drop: [] });
  }
  return all;
}

/** Returns the CAs that are stored: none when their row is damaged, for then the agent goes on with the one that it pins now. */
async function storedAuthorities(rows: Pick<GroupRows, 'read'>): Promise<readonly Bytes[]> {
  try {
    const stored = await rows.read('', authoritiesPart);
    return stored === undefined ? [] : decodeAuthorities(stored);
  } catch (cause) {
    if (asParleyError(cause).code === 'storage_failed') return [];
    throw cause;
  }
}

/** Returns the bytes of CAs. */
export function encodeAuthorities(authorities: readonly Bytes[]): Bytes {
  return encodeJsonRow(1, { authorities: authorities.map(encodeBase64) });
}

/** Reads what `encodeAuthorities` made. Throws `storage_failed` for anything else. */
export function decodeAuthorities(bytes: Bytes): readonly Bytes[] {
  return decodeJsonRow(schema, bytes, 'The Controllers that were trusted before cannot be read.').authorities;
}
