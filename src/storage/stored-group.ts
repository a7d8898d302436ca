import * as v from 'valibot';
import type { GroupRow } from '../agent/contracts/group-store.ts';
import type { NoMembers } from '../agent/contracts/no-members.ts';
import { storedBytes } from './stored-history.ts';

const none = new Uint8Array(0);

/**
 * Version 1 of a row of a group, whose plaintext has versions of its own. It is never changed. Damaged bytes become ones that do not
 * decrypt, so that one row never hides the rest.
 */
export const groupRowV1 = v.object({
  group: v.string(),
  part: v.string(),
  iv: v.fallback(storedBytes, none),
  ciphertext: v.fallback(storedBytes, none),
});

/** The part that says that an agent is in a group. */
export const memberPart = 'member';

/** Returns what is stored of a row. */
export function toGroupRowV1({
  group,
  part,
  iv,
  ciphertext,
  ...undecided
}: GroupRow): v.InferOutput<typeof groupRowV1> {
  undecided satisfies NoMembers;
  return { group, part, iv, ciphertext };
}
