import { type Bytes, type SessionId, toHex } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { isSessionId } from '../ids.ts';

/** Returns the session id that 16 random bytes make (protocol page, section 1). Throws `internal_error` for fewer. */
export function newSessionId(random: Bytes): SessionId {
  const text = toHex(random);
  if (!isSessionId(text)) throw new ParleyError('internal_error', 'The random source gave too few bytes.');
  return text;
}
