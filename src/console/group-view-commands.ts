import { type Command, table } from './command.ts';
import { aboutGroup } from './group-command.ts';
import { eventWords } from './group-event-words.ts';
import { memberWords, statusWords } from './group-words.ts';

/** Lists the groups. */
export const list: Command = {
  name: 'list',
  usage: 'group list',
  help: 'Lists the groups of this agent.',
  arguments: [],
  run: async (agent, _, say) => {
    const groups = agent.groups().filter(({ kind }) => kind === 'group');
    const rows = groups.map((group) => [
      group.groupId.slice(0, 8),
      group.name,
      statusWords(group),
      String(group.members.length),
      String(group.unread),
      String(group.epoch),
    ]);
    const none = 'This agent is in no group. group create "name" <peer> makes one.';
    say(table(['group', 'name', 'status', 'members', 'unread', 'epoch'], rows, none));
  },
};

/** Lists the members of a group. */
export const members = aboutGroup({
  name: 'members',
  help: 'Lists the members of a group: role, mark, and why nothing is sent to whom.',
  run: async ({ group, say }) => {
    const rows = group.members.map((member) => [
      member.agentId,
      member.isAdmin ? 'admin' : 'member',
      member.isSelf ? '' : member.verification,
      memberWords(member),
      String(member.sinceEpoch),
    ]);
    say(table(['member', 'role', 'verified', 'state', 'since epoch'], rows));
  },
});

/** Changes of a group that are shown. */
const eventsShown = 20;

/** Shows what happened in a group beside messages. */
export const events = aboutGroup({
  name: 'events',
  help: `Shows who changed what in a group, the newest ${eventsShown} changes.`,
  run: async ({ agent, group, say }) => {
    const happened = await agent.groupEvents(group.groupId, undefined, eventsShown);
    const rows = happened.map((event) => [
      new Date(event.at * 1_000).toISOString(),
      String(event.epoch),
      eventWords(event),
    ]);
    say(table(['when', 'epoch', 'what'], rows, `Nothing has changed in “${group.name}” since this agent came.`));
  },
});
