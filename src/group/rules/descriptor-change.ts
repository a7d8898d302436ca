import { GroupError } from '../codes.ts';
import { credentialOf } from '../credential/members.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import type { Outline } from './outline.ts';

/**
 * Throws unless the descriptor after a commit may follow the one before it, and the leaves fit it (groups page, section 5):
 * `descriptor_change_not_alone`, `descriptor_changed`, `admin_not_member`, `not_of_direct_group`.
 */
export function checkDescriptorChange({ before, after, added, changesDescriptor }: Outline): void {
  if (changesDescriptor) {
    if (added.length > 0) {
      throw new GroupError('descriptor_change_not_alone', 'A change of the descriptor stands beside Removes only.');
    }
    checkUnchanged(before.descriptor, after.descriptor);
    const present = new Set(after.members.map(({ agentId }) => agentId));
    if (!after.descriptor.admins.every((admin) => present.has(admin))) {
      throw new GroupError('admin_not_member', 'An admin of the descriptor is not a member after the commit.');
    }
  }
  const { kind, admins } = after.descriptor;
  if (kind === 'direct' && !added.every(({ leaf }) => admins.includes(credentialOf(leaf).agentId))) {
    throw new GroupError('not_of_direct_group', 'A direct group has no leaf of a third agent.');
  }
}

function checkUnchanged(before: Descriptor, after: Descriptor): void {
  const sameAdmins = before.admins.join() === after.admins.join();
  if (before.kind !== after.kind || before.createdAt !== after.createdAt || (before.kind === 'direct' && !sameAdmins)) {
    throw new GroupError('descriptor_changed', 'Kind and created_at never change, nor the admins of a direct group.');
  }
}
