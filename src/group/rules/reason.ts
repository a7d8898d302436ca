import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { GroupError } from '../codes.ts';
import type { RemovalReason } from './commit-change.ts';

const encoded: ReadonlyMap<RemovalReason, Bytes> = new Map([
  ['revoked', canonicalBytes({ because: 'revoked' })],
  ['expired', canonicalBytes({ because: 'expired' })],
]);

/** Returns the authenticated_data of a commit that removes for a reason: JCS({"because"}) (groups page, section 5). */
export function encodeReason(reason: RemovalReason): Bytes {
  return canonicalBytes({ because: reason });
}

/** Returns the reason in the authenticated_data of a commit; undefined when it is empty. Throws `authenticated_data_not_allowed`. */
export function readReason(authenticatedData: Bytes): RemovalReason | undefined {
  if (authenticatedData.length === 0) return undefined;
  for (const [reason, bytes] of encoded) if (equalConstantTime(bytes, authenticatedData)) return reason;
  throw new GroupError('authenticated_data_not_allowed', 'The authenticated_data is neither empty nor a reason.');
}

/** Throws `authenticated_data_not_allowed` unless a message or proposal has none (groups page, section 1). */
export function checkNoReason(authenticatedData: Bytes): void {
  if (authenticatedData.length > 0) {
    throw new GroupError('authenticated_data_not_allowed', 'Only a commit has authenticated_data.');
  }
}
