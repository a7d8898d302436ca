import type { GroupView } from '../agent/contracts/group-views.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent } from './agent.ts';
import { type Command, info, required } from './command.ts';
import { findGroup, findInvitation, findMember } from './group-names.ts';
import { ask, read, send } from './group-talk-commands.ts';
import { groupEventWords, memberWords, statusWords } from './group-words.ts';
import { findPeer } from './names.ts';
import { nearest } from './nearest.ts';

const list: Command = {
  name: 'list',
  usage: 'group list',
  help: 'Lists the groups of this agent.',
  arguments: [],
  run: async (agent, _, say) => {
    const groups = agent.groups().filter(({ kind }) => kind === 'group');
    if (groups.length === 0) return say(info('This agent is in no group. group create "name" <peer> makes one.'));
    say({
      table: {
        headings: ['group', 'name', 'status', 'members', 'unread', 'epoch'],
        rows: groups.map((group) => [
          group.groupId.slice(0, 8),
          group.name,
          statusWords(group),
          String(group.members.length),
          String(group.unread),
          String(group.epoch),
        ]),
      },
    });
  },
};

const create: Command = {
  name: 'create',
  usage: 'group create "name" [peer…]',
  help: 'Makes a group with this agent as its admin, and invites peers.',
  arguments: ['text'],
  rest: 'peer',
  run: async (agent, [word, ...peers], say) => {
    const name = required(word, 'a name', create);
    const invite = await peersNamed(agent, peers);
    const { groupId } = await agent.createGroup({ name, invite });
    const invited = invite.length === 0 ? 'Nobody is invited yet' : `Invited: ${invite.join(', ')}`;
    say(info(`“${name}” is made (${groupId.slice(0, 8)}). ${invited}.`, '✓'));
  },
};

const invite: Command = {
  name: 'invite',
  usage: 'group invite <group> <peer…>',
  help: 'Adds peers of the directory to a group. Each joins by itself or is shown an invitation. For admins.',
  arguments: ['group', 'peer'],
  rest: 'peer',
  run: async (agent, [word, ...peers], say) => {
    const group = groupNamed(agent, word, invite);
    required(peers[0], 'a peer', invite);
    const invited = await peersNamed(agent, peers);
    await agent.inviteToGroup(group.groupId, invited);
    say(info(`Invited into “${group.name}”: ${invited.join(', ')}.`, '✓'));
  },
};

const remove: Command = {
  name: 'remove',
  usage: 'group remove <group> <member…>',
  help: 'Removes members from a group. What is said from then on they cannot read. For admins.',
  arguments: ['group', 'peer'],
  rest: 'peer',
  run: async (agent, [word, ...members], say) => {
    const group = groupNamed(agent, word, remove);
    required(members[0], 'a member', remove);
    const removed = members.map((member) => findMember(group, member));
    await agent.removeFromGroup(group.groupId, removed);
    say(info(`Removed from “${group.name}”: ${removed.join(', ')}. They read nothing more.`, '✓'));
  },
};

const leave: Command = {
  name: 'leave',
  usage: 'group leave <group>',
  help: 'Leaves a group. What was said in it stays until group forget deletes it.',
  arguments: ['group'],
  run: async (agent, [word], say) => {
    const group = groupNamed(agent, word, leave);
    await agent.leaveGroup(group.groupId);
    say(info(`You leave “${group.name}”. Another member takes you out; nothing more is sent.`, '✓'));
  },
};

const forget: Command = {
  name: 'forget',
  usage: 'group forget <group>',
  help: 'Deletes a group that you have left or were removed from, with what was said in it.',
  arguments: ['group'],
  run: async (agent, [word], say) => {
    const group = groupNamed(agent, word, forget);
    await agent.forgetGroup(group.groupId);
    say(info(`“${group.name}” and what was said in it are deleted.`, '✓'));
  },
};

const rename: Command = {
  name: 'rename',
  usage: 'group rename <group> "name"',
  help: 'Gives a group another name. For admins.',
  arguments: ['group', 'text'],
  run: async (agent, [word, name], say) => {
    const group = groupNamed(agent, word, rename);
    const renamed = await agent.renameGroup(group.groupId, required(name, 'a name', rename));
    say(info(`“${group.name}” is now “${renamed.name}”.`, '✓'));
  },
};

const admins: Command = {
  name: 'admins',
  usage: 'group admins <group> [member…]',
  help: 'Shows the admins of a group; with members, makes these its admins and nobody else. For admins.',
  arguments: ['group'],
  rest: 'peer',
  run: async (agent, [word, ...members], say) => {
    const group = groupNamed(agent, word, admins);
    const chosen = members.map((member) => findMember(group, member));
    const now = chosen.length === 0 ? group : await agent.setGroupAdmins(group.groupId, chosen);
    const names = now.members.filter(({ isAdmin }) => isAdmin).map(({ agentId }) => agentId);
    say(info(`Admins of “${now.name}”: ${names.join(', ')}`));
  },
};

const members: Command = {
  name: 'members',
  usage: 'group members <group>',
  help: 'Lists the members of a group: role, mark, and why nothing is sent to whom.',
  arguments: ['group'],
  run: async (agent, [word], say) => {
    const group = groupNamed(agent, word, members);
    say({
      table: {
        headings: ['member', 'role', 'verified', 'state', 'since epoch'],
        rows: group.members.map((member) => [
          member.agentId,
          member.isAdmin ? 'admin' : 'member',
          member.isSelf ? '' : member.verification,
          memberWords(member),
          String(member.sinceEpoch),
        ]),
      },
    });
  },
};

const invitations: Command = {
  name: 'invitations',
  usage: 'group invitations',
  help: 'Lists the groups that you are invited into. Nothing of them runs before you accept.',
  arguments: [],
  run: async (agent, _, say) => {
    const all = agent.invitations();
    if (all.length === 0) return say(info('You have no invitation.'));
    say({
      table: {
        headings: ['group', 'name', 'from', 'verified', 'members', 'until'],
        rows: all.map((one) => [
          one.groupId.slice(0, 8),
          one.kind === 'direct' ? 'messages while you were away' : one.name,
          one.inviter,
          one.inviterVerification,
          String(one.members.length),
          new Date(one.until).toISOString(),
        ]),
      },
    });
  },
};

const accept: Command = {
  name: 'accept',
  usage: 'group accept <invitation>',
  help: 'Joins a group that you are invited into.',
  arguments: ['invitation'],
  run: async (agent, [word], say) => {
    const { groupId } = findInvitation(agent.invitations(), required(word, 'an invitation', accept));
    const { name, members: all } = await agent.acceptInvitation(groupId);
    say(info(`You are in “${name}”, with ${all.length - 1} others.`, '✓'));
  },
};

const decline: Command = {
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

const rejoin: Command = {
  name: 'rejoin',
  usage: 'group rejoin <group>',
  help: 'Asks the members now to take this agent in again, when it can no longer follow the group.',
  arguments: ['group'],
  run: async (agent, [word], say) => {
    const group = groupNamed(agent, word, rejoin);
    await agent.rejoinGroup(group.groupId);
    say(info(`The members of “${group.name}” are asked to take this agent in again.`, '✓'));
  },
};

const goOn: Command = {
  name: 'go-on',
  usage: 'group go-on <group>',
  help: 'Sends again although the members disagree on the history of a group. Look at group members first.',
  arguments: ['group'],
  run: async (agent, [word], say) => {
    const group = groupNamed(agent, word, goOn);
    await agent.goOnForked(group.groupId);
    say(info(`“${group.name}” goes on with the history that this agent has.`, '✓'));
  },
};

const eventsShown = 20;

const events: Command = {
  name: 'events',
  usage: 'group events <group>',
  help: 'Shows who changed what in a group, the newest 20 changes.',
  arguments: ['group'],
  run: async (agent, [word], say) => {
    const group = groupNamed(agent, word, events);
    const happened = await agent.groupEvents(group.groupId, undefined, eventsShown);
    if (happened.length === 0) return say(info(`Nothing has changed in “${group.name}” since this agent came.`));
    say({
      table: {
        headings: ['when', 'epoch', 'what'],
        rows: happened.map((event) => [
          new Date(event.at * 1_000).toISOString(),
          String(event.epoch),
          groupEventWords(event),
        ]),
      },
    });
  },
};

const inside: readonly Command[] = [
  ...[list, create, invite, remove, leave, forget, rename, admins, members, send, ask, read, events],
  ...[invitations, accept, decline, rejoin, goOn],
];

/** Everything about groups, each under a word of its own. */
export const group: Command = {
  name: 'group',
  usage: 'group <command> …',
  help: 'Makes groups and talks in them. Type help group to see its commands.',
  arguments: [],
  inside,
  run: async (agent, [word, ...words], say) => {
    const command = inside.find(({ name }) => name === required(word, `one of ${namesOf(inside)}`, group));
    if (command !== undefined) return command.run(agent, words, say);
    const near = nearest(
      word ?? '',
      inside.map(({ name }) => name),
    );
    const hint = near === undefined ? `It has ${namesOf(inside)}.` : `Did you mean group ${near}?`;
    throw new ParleyError('invalid_input', `There is no command “group ${word}”. ${hint}`);
  },
};

function namesOf(commands: readonly Command[]): string {
  return commands.map(({ name }) => name).join(', ');
}

function groupNamed(agent: ConsoleAgent, word: string | undefined, command: Command): GroupView {
  return findGroup(agent.groups(), required(word, 'a group', command));
}

async function peersNamed(agent: ConsoleAgent, words: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const word of words) found.push((await findPeer(agent, word)).agentId);
  return [...new Set(found)];
}
