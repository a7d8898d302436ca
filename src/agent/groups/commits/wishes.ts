import * as v from 'valibot';
import { isGroupName } from '../../../group/descriptor/descriptor.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { decodeJsonRow, encodeJsonRow } from '../rows/json-row.ts';
import { agentIds } from '../rows/row-values.ts';

/** Version 1 of a wish at rest. It is never changed. */
const wishV1 = v.strictObject({
  version: v.literal(1),
  wish: v.variant('kind', [
    v.strictObject({ kind: v.picklist(['add', 'remove', 'admins']), agentIds }),
    v.strictObject({ kind: v.literal('rename'), name: v.pipe(v.string(), v.check(isGroupName)) }),
  ]),
});

/** What somebody wants changed in a group: from it a commit is made anew when another's came first. */
export type Wish = v.InferOutput<typeof wishV1>['wish'];

/** Returns the bytes of a wish, which are stored with the commit that is made of it, and after that until it has come about. */
export function encodeWish(wish: Wish): Bytes {
  return encodeJsonRow(1, { wish });
}

/** Reads a wish. Throws `storage_failed` for anything else. */
export function decodeWish(bytes: Bytes): Wish {
  return decodeJsonRow(wishV1, bytes, 'A change of a group that was to be made cannot be read.').wish;
}
