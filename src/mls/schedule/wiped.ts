import type { Bytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';

/**
 * Throws `secret_wiped` for a secret of zeros alone: it was wiped, and what is derived from it would be the same for everybody. A state
 * that was replaced is used again then.
 */
export function assertNotWiped(secret: Bytes): void {
  if (secret.some((byte) => byte !== 0)) return;
  throw new MlsError('secret_wiped', 'The secrets of this state were wiped. Go on from the state that replaced it.');
}
