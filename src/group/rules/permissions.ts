import { toHex } from '../../protocol/bytes.ts';
import { GroupError } from '../codes.ts';
import { credentialOf } from '../credential/members.ts';
import type { Outline } from './outline.ts';

/** Seconds after `not_after` from which anybody may remove a member (groups page, section 5). */
const expiryGrace = 86_400;

/**
 * Throws unless the committer may do what the commit does, by the members as they are before it (groups page, section 5): `add_not_permitted`,
 * `descriptor_change_not_permitted`, `remove_not_permitted`, `not_expired`, `authenticated_data_not_allowed`, and what `checkRejoin` throws.
 * Whether somebody is revoked is left to whoever has a list.
 */
export function checkPermissions(outline: Outline, at: number): void {
  const { reason, removed, added, replaced, isAdmin, changesDescriptor } = outline;
  if (reason !== undefined && (removed.length === 0 || replaced.length > 0)) {
    throw new GroupError('authenticated_data_not_allowed', 'A reason belongs to a removal, and this is none.');
  }
  if (replaced.length > 0) {
    checkRejoin(outline);
    return;
  }
  if (isAdmin) return;
  if (added.length > 0) throw new GroupError('add_not_permitted', 'Only an admin adds.');
  if (changesDescriptor) {
    throw new GroupError('descriptor_change_not_permitted', 'Only an admin changes the descriptor.');
  }
  if (removed.length > 0 && reason === undefined) {
    throw new GroupError('remove_not_permitted', 'Only an admin removes without a reason.');
  }
  if (reason === 'expired' && removed.some(({ leaf }) => credentialOf(leaf).notAfter + expiryGrace > at)) {
    throw new GroupError('not_expired', 'The member had not expired by more than a day.');
  }
}

/**
 * Throws unless a commit that puts a new leaf in the place of a member's is exactly a rejoin (groups page, section 5, *Coming back*), whoever
 * makes it: `rejoin_not_exact`, `credential_purpose`, `rejoin_not_newer`. The RSA keys are compared with the certificates.
 */
function checkRejoin({ staged, removed, replaced }: Outline): void {
  const [only, ...more] = replaced;
  if (only === undefined || more.length > 0 || removed.length !== 1 || staged.proposals.length !== 2) {
    throw new GroupError('rejoin_not_exact', 'A rejoin is one Remove and one Add, and nothing else.');
  }
  const [before, after] = [credentialOf(only.before), credentialOf(only.after)];
  if (after.rejoins !== toHex(staged.state.context.groupId)) {
    throw new GroupError('credential_purpose', 'The new leaf was not made to come back to this group.');
  }
  if (after.notBefore <= before.notBefore) {
    throw new GroupError('rejoin_not_newer', 'The new credential does not begin later than the one before.');
  }
}
