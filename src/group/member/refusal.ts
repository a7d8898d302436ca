import { MlsError, type MlsErrorCode } from '../../mls/errors.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { GroupError } from '../codes.ts';

/** What MLS throws for a state that was misused or damaged, not for what a message holds. */
const ownFaults: ReadonlySet<MlsErrorCode> = new Set(['secret_wiped', 'invalid_secret_tree', 'invalid_snapshot']);

/** True for what an entry is refused with, the same by every member: such an entry is skipped. Another error is this side's own. */
export function isRefusal(error: unknown): error is MlsError | GroupError | ParleyError {
  if (error instanceof MlsError) return !ownFaults.has(error.code);
  if (error instanceof ParleyError) return error.code === 'malformed_message' || error.code === 'message_too_large';
  return error instanceof GroupError;
}
