import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { EntryToAppend } from './own-entries.ts';

/** What making an entry takes from outside. */
export type CreatingTools = Pick<Environment, 'subtle' | 'random'>;

/** The longest message that a log takes, in bytes (groups page, section 4). */
const longestMessage = 1_088 * 1_024;
/** The longest Welcome, in bytes. */
const longestWelcome = 1_024 * 1_024;

/** Returns a new entry_id: 16 random bytes, as 32 lowercase hex digits. */
export function newEntryId({ random }: Pick<CreatingTools, 'random'>): string {
  return toHex(random(16));
}

/** Returns the hash by which an own entry is found in the log. Throws `message_too_large` for one that no log takes. */
export async function hashOf(subtle: Subtle, { message, welcome }: EntryToAppend): Promise<string> {
  if (message.length > longestMessage || (welcome?.message.length ?? 0) > longestWelcome) {
    throw new ParleyError(
      'message_too_large',
      'A message of a group may have at most 1,088 KiB, a Welcome 1 MiB. Nothing was sent.',
    );
  }
  return toHex(await sha256(subtle, message));
}
