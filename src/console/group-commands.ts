import { type Command, commandIn, required } from './command.ts';
import { admins, anew, create, forget, goOn, invite, leave, rejoin, remove, rename } from './group-change-commands.ts';
import { accept, decline, invitations } from './group-invitation-commands.ts';
import { ask, read, send } from './group-talk-commands.ts';
import { events, list, members } from './group-view-commands.ts';

const inside: readonly Command[] = [
  ...[list, create, invite, remove, leave, forget, rename, admins, members, send, ask, read, events],
  ...[invitations, accept, decline, rejoin, anew, goOn],
];
const names = inside.map(({ name }) => name).join(', ');

/** Everything about groups, each under a word of its own. */
export const group: Command = {
  name: 'group',
  usage: 'group <command> …',
  help: 'Makes groups and talks in them. Type help group to see its commands.',
  arguments: [],
  inside,
  run: async (agent, [word, ...words], say) =>
    commandIn(inside, required(word, `one of ${names}`, group), group).run(agent, words, say),
};
