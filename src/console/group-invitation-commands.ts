import { type Command, info, required, table } from './command.ts';
import { findInvitation } from './group-names.ts';

/** Lists the invitations. */
export const invitations: Command = {
  name: 'invitations',
  usage: 'group invitations',
  help: 'Lists the groups that you are invited into. Nothing of them runs before you accept.',
  arguments: [],
  run: async (agent, _, say) => {
    const rows = agent
      .invitations()
      .map((one) => [
        one.groupId.slice(0, 8),
        one.kind === 'direct' ? 'messages while you were away' : one.name,
        one.inviter,
        one.inviterVerification,
        String(one.members.length),
        new Date(one.until).toISOString(),
      ]);
    say(table(['group', 'name', 'from', 'verified', 'members', 'until'], rows, 'You have no invitation.'));
  },
};

/** Joins a group. */
export const accept: Command = {
  name: 'accept',
  usage: 'group accept <invitation>',
  help: 'Joins a group that you are invited into.',
  arguments: ['invitation'],
  run: async (agent, [word], say) => {
    const { groupId } = findInvitation(agent.invitations(), required(word, 'an invitation', accept));
    const { name, members: all } = await agent.acceptInvitation(groupId);
    say(info(`You are in “${name}”, with ${all.length - 1} other ${all.length === 2 ? 'member' : 'members'}.`, '✓'));
  },
};

/** Refuses an invitation. */
export const decline: Command = {
  name: 'decline',
  usage: 'group decline <invitation>',
  help: 'Deletes an invitation, and tells who sent it.',
  arguments: ['invitation'],
  run: async (agent, [word], say) => {
    const { groupId, name, inviter } = findInvitation(agent.invitations(), required(word, 'an invitation', decline));
    await agent.declineInvitation(groupId);
    say(info(`The invitation into “${name}” is deleted, and ${inviter} is told.`, '✓'));
  },
};
