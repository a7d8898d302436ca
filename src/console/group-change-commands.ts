import type { GroupStatus, GroupView } from '../agent/contracts/group-views.ts';
import { ParleyError } from '../protocol/errors.ts';
import { type Command, info, required } from './command.ts';
import { aboutGroup } from './group-command.ts';
import { findMembers } from './group-names.ts';
import { findPeers } from './names.ts';

/** Makes a group. */
export const create: Command = {
  name: 'create',
  usage: 'group create "name" [peer…]',
  help: 'Makes a group with this agent as its admin, and invites peers.',
  arguments: ['text'],
  rest: 'peer',
  run: async (agent, [word, ...peers], say) => {
    const name = required(word, 'a name', create);
    const invited = await findPeers(agent, peers);
    const { groupId } = await agent.createGroup({ name, invite: invited });
    const who = invited.length === 0 ? 'Nobody is invited yet' : `Invited: ${invited.join(', ')}`;
    say(info(`“${name}” is made (${groupId.slice(0, 8)}). ${who}.`, '✓'));
  },
};

/** Adds peers to a group. */
export const invite = aboutGroup({
  name: 'invite',
  more: '<peer…>',
  help: 'Adds peers of the directory to a group. Each joins by itself or is shown an invitation. For admins.',
  arguments: ['peer'],
  rest: 'peer',
  run: async ({ agent, group, words, say, command }) => {
    required(words[0], 'a peer', command);
    const named = await findPeers(agent, words);
    const members = new Set(group.members.map(({ agentId }) => agentId));
    const invited = named.filter((agentId) => !members.has(agentId));
    await agent.inviteToGroup(group.groupId, named);
    const already = named.filter((agentId) => members.has(agentId));
    if (invited.length > 0) say(info(`Invited into “${group.name}”: ${invited.join(', ')}.`, '✓'));
    if (already.length > 0) say(info(`Already in “${group.name}”: ${already.join(', ')}.`));
  },
});

/** Removes members from a group. */
export const remove = aboutGroup({
  name: 'remove',
  more: '<member…>',
  help: 'Removes members from a group. What is said from then on they cannot read. For admins.',
  arguments: ['peer'],
  rest: 'peer',
  run: async ({ agent, group, words, say, command }) => {
    required(words[0], 'a member', command);
    const removed = findMembers(group, words);
    await agent.removeFromGroup(group.groupId, removed);
    say(info(`Removed from “${group.name}”: ${removed.join(', ')}. They read nothing more.`, '✓'));
  },
});

/** Leaves a group. */
export const leave = aboutGroup({
  name: 'leave',
  help: 'Leaves a group. What was said in it stays until group forget deletes it.',
  run: async ({ agent, group, say }) => {
    await agent.leaveGroup(group.groupId);
    const isOut = agent.groups().some(({ groupId, status }) => groupId === group.groupId && status === 'left');
    const leaving = `You leave “${group.name}”. Another member takes you out; nothing more is sent.`;
    say(info(isOut ? `You have left “${group.name}”.` : leaving, '✓'));
  },
});

/** Deletes a group that this agent is no longer in. */
export const forget = aboutGroup({
  name: 'forget',
  help: 'Deletes a group that you have left or were removed from, with what was said in it.',
  run: async ({ agent, group, say }) => {
    await agent.forgetGroup(group.groupId);
    say(info(`“${group.name}” and what was said in it are deleted.`, '✓'));
  },
});

/** Gives a group another name. */
export const rename = aboutGroup({
  name: 'rename',
  more: '"name"',
  help: 'Gives a group another name. For admins.',
  arguments: ['text'],
  run: async ({ agent, group, words, say, command }) => {
    const renamed = await agent.renameGroup(group.groupId, required(words[0], 'a name', command));
    say(info(`“${group.name}” is now “${renamed.name}”.`, '✓'));
  },
});

/** Shows the admins of a group, or chooses them. */
export const admins = aboutGroup({
  name: 'admins',
  more: '[member…]',
  help: 'Shows the admins of a group; with members, makes these its admins and nobody else. For admins.',
  rest: 'peer',
  run: async ({ agent, group, words, say }) => {
    const chosen = findMembers(group, words);
    const now = chosen.length === 0 ? group : await agent.setGroupAdmins(group.groupId, chosen);
    const names = now.members.filter(({ isAdmin }) => isAdmin).map(({ agentId }) => agentId);
    say(info(`Admins of “${now.name}”: ${names.join(', ')}`));
  },
});

/** Asks to be taken into a group again. */
export const rejoin = aboutGroup({
  name: 'rejoin',
  help: 'Asks the members now to take this agent in again, when it can no longer follow the group.',
  run: async ({ agent, group, say }) => {
    requireStatus(group, 'stranded', 'This agent can follow it. Nothing was asked.');
    await agent.rejoinGroup(group.groupId);
    say(info(`The members of “${group.name}” are asked to take this agent in again.`, '✓'));
  },
});

/** Makes a group anew that nobody can take this agent into again. */
export const anew = aboutGroup({
  name: 'anew',
  help: 'Makes a new group with the same name and members, when nobody can take this agent into the old one again.',
  run: async ({ agent, group, say }) => {
    const made = await agent.startGroupAnew(group.groupId);
    say(info(`“${made.group.name}” was started anew, and its members are invited.`, '✓'));
    for (const { agentId, why } of made.notInvited) say(info(`Not invited: ${agentId}. ${why.detail}`));
  },
});

/** Goes on in a group whose members disagree. */
export const goOn = aboutGroup({
  name: 'go-on',
  help: 'Sends again although the members disagree on the history of a group. Look at group members first.',
  run: async ({ agent, group, say }) => {
    requireStatus(group, 'forked', 'Its members agree on its history. Nothing was changed.');
    await agent.goOnForked(group.groupId);
    say(info(`“${group.name}” goes on with the history that this agent has.`, '✓'));
  },
});

/** Throws `invalid_input`, with why nothing was done, unless the group is in the state that a command is for. */
function requireStatus({ name, status }: GroupView, wanted: GroupStatus, detail: string): void {
  if (status !== wanted) throw new ParleyError('invalid_input', `“${name}” is not ${wanted}. ${detail}`);
}
