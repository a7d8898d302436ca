import type { GroupMemberView, GroupView, InvitationView } from '../agent/contracts/group-views.ts';
import { ParleyError } from '../protocol/errors.ts';
import { shortName } from './names.ts';

/** What a group or an invitation is found by. */
type Named = Pick<GroupView | InvitationView, 'groupId' | 'name'>;

/**
 * Returns the group that `word` names: its id, its name, or the beginning of one of them when only one fits. Throws `unknown_group`, or
 * `invalid_input` when several fit, and names the command, `lister`, that lists them.
 */
export function findGroup(groups: readonly GroupView[], word: string, lister = 'group list'): GroupView {
  return find(
    groups.filter(({ kind }) => kind === 'group'),
    word,
    { what: 'group', lister },
  );
}

/** Returns the invitation that `word` names, as `findGroup` does a group. */
export function findInvitation(
  invitations: readonly InvitationView[],
  word: string,
  lister = 'group invitations',
): InvitationView {
  return find(invitations, word, { what: 'invitation', lister });
}

function find<One extends Named>(
  all: readonly One[],
  word: string,
  { what, lister }: { readonly what: string; readonly lister: string },
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
    throw new ParleyError(
      'invalid_input',
      `“${word}” may be any of ${more.length + 1} ${what}s. Give the beginning of its id: ${lister} shows it.`,
    );
  }
  throw new ParleyError('unknown_group', `This agent has no ${what} called “${word}”. ${lister} shows them.`);
}

/** Returns the agent_ids of the members that `words` name, each once. Throws as `findMember` does. */
export function findMembers(group: Pick<GroupView, 'name' | 'members'>, words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => findMember(group, word)))];
}

/** Returns the agent_id of the member that `word` names: also of one that has left the directory. Throws `invalid_input`. */
function findMember({ name, members }: Pick<GroupView, 'name' | 'members'>, word: string): string {
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
