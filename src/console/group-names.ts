import type { GroupMemberView, GroupView, InvitationView } from '../agent/contracts/group-views.ts';
import { ParleyError } from '../protocol/errors.ts';
import { type NameAdvice, shortName } from './names.ts';

/** What a group or an invitation is found by. */
type Named = Pick<GroupView | InvitationView, 'groupId' | 'name'>;

const ofGroups: NameAdvice = {
  unknown: 'Type group list to see them.',
  several: 'Type the beginning of its id: group list shows it.',
};
const ofInvitations: NameAdvice = {
  unknown: 'Type group invitations to see them.',
  several: 'Type the beginning of its id: group invitations shows it.',
};

/**
 * Returns the group that `word` names: its id, its name, or the beginning of one of them when only one fits. Throws `unknown_group`, or
 * `invalid_input` when several fit, and with what to do.
 */
export function findGroup(groups: readonly GroupView[], word: string, advice = ofGroups): GroupView {
  return find(
    groups.filter(({ kind }) => kind === 'group'),
    word,
    { what: 'group', ...advice },
  );
}

/** Returns the invitation that `word` names, as `findGroup` does a group. */
export function findInvitation(
  invitations: readonly InvitationView[],
  word: string,
  advice = ofInvitations,
): InvitationView {
  return find(invitations, word, { what: 'invitation', ...advice });
}

function find<One extends Named>(
  all: readonly One[],
  word: string,
  { what, unknown, several }: NameAdvice & { readonly what: string },
): One {
  const lower = word.toLowerCase();
  const tries: readonly ((one: One) => boolean)[] = [
    ({ groupId, name }) => groupId === lower || name === word,
    ({ groupId }) => lower.length >= 4 && groupId.startsWith(lower),
    ({ name }) => name.toLowerCase().startsWith(lower),
  ];
  for (const fits of tries) {
    const [only, ...more] = all.filter(fits);
    if (only === undefined) continue;
    if (more.length === 0) return only;
    throw new ParleyError('invalid_input', `“${word}” may be any of ${more.length + 1} ${what}s. ${several}`);
  }
  throw new ParleyError('unknown_group', `This agent has no ${what} called “${word}”. ${unknown}`);
}

/** Returns the agent_id of the member that `word` names: also of one that has left the directory. Throws `invalid_input`. */
export function findMember({ name, members }: Pick<GroupView, 'name' | 'members'>, word: string): string {
  const tries: readonly ((one: GroupMemberView) => boolean)[] = [
    ({ agentId }) => agentId === word || shortName(agentId) === word,
    ({ agentId }) => agentId.startsWith(word),
  ];
  for (const fits of tries) {
    const [only, ...more] = members.filter(fits);
    if (only !== undefined && more.length === 0) return only.agentId;
    if (only === undefined) continue;
    const names = [only, ...more].map(({ agentId }) => agentId).join(', ');
    throw new ParleyError('invalid_input', `“${word}” may be any of ${names}. Type more of the name.`);
  }
  throw new ParleyError('invalid_input', `“${name}” has no member called “${word}”. Nothing was changed.`);
}
