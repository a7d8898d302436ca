import { groupAskFlags, groupSendFlags, identityFlags } from './agent-flags.ts';
import type { CommandRow } from './command-row.ts';
import type { GroupAct } from './group.ts';

/** The exit codes of a command of groups, when it fails. */
const failures = {
  2: 'the command cannot be used',
  3: 'the server, a peer or the delivery service cannot be reached',
  4: 'refused: no such group, not permitted, or a check',
  5: 'keys or data cannot be used',
  70: 'unexpected error',
} as const;

const group = { '<GROUP>': 'Its name, or the beginning of its name or id.' } as const;
const invitation = { '<INVITATION>': 'The name of the group, or the beginning of its name or id.' } as const;

/** What the row of one command says. */
interface Said extends Pick<CommandRow, 'summary' | 'words' | 'wanted'> {
  readonly flags?: CommandRow['flagGroups'][string];
  readonly more?: string;
  readonly ends?: CommandRow['ends'];
}

function row(name: GroupAct, { summary, words, wanted, flags, more, ends }: Said): CommandRow {
  return {
    name,
    summary,
    description: `${summary}${more === undefined ? '' : ` ${more}`} The agent must not be open in another process. Its default --id is cli_agent_001.`,
    ...(words === undefined ? {} : { words }),
    ...(wanted === undefined ? {} : { wanted }),
    flagGroups: { ...(flags === undefined ? {} : { 'Message:': flags }), 'Agent:': identityFlags },
    ends: { 0: 'done', ...ends, ...failures },
    run: async (given, { output }) => (await import('./group.ts')).runGroup(name, given, output),
    refuse: async (cause, { output }) => (await import('./one-shot.ts')).writeFailure(cause, output),
  };
}

/** The commands of `parley group`. Each prints lines of JSON. */
export const groupRows: readonly CommandRow[] = [
  row('list', { summary: "List the agent's groups." }),
  row('create', {
    summary: 'Make a group and invite agents.',
    words: { '<NAME>': 'Its name, 1 to 100 characters.', '[AGENT...]': 'Agents of the directory.' },
    wanted: 'Name the group: parley group create "Harbour" helper.',
  }),
  row('invite', {
    summary: 'Add agents to a group.',
    words: { ...group, '<AGENT...>': 'Agents of the directory.' },
    wanted: 'Name a group and an agent: parley group invite Harbour helper.',
  }),
  row('remove', {
    summary: 'Remove members from a group.',
    words: { ...group, '<MEMBER...>': 'Its agent_id, the beginning of it, or a short form such as helper_1.' },
    wanted: 'Name a group and a member: parley group remove Harbour helper.',
  }),
  row('leave', {
    summary: 'Leave a group.',
    more: 'Another member takes the agent out. What was said stays until it is forgotten.',
    words: group,
    wanted: 'Name a group: parley group leave Harbour.',
  }),
  row('forget', {
    summary: 'Delete a group that the agent is no longer in, with what was said.',
    words: group,
    wanted: 'Name a group: parley group forget Harbour.',
  }),
  row('rename', {
    summary: 'Give a group another name.',
    words: { ...group, '<NAME>': 'Its new name, 1 to 100 characters.' },
    wanted: 'Name a group and its new name: parley group rename Harbour "Quay".',
  }),
  row('admins', {
    summary: 'Choose the admins of a group.',
    words: { ...group, '<MEMBER...>': 'All who are admins from now on.' },
    wanted: 'Name a group and its admins: parley group admins Harbour helper traveller.',
  }),
  row('members', {
    summary: 'List the members of a group.',
    words: group,
    wanted: 'Name a group: parley group members Harbour.',
  }),
  row('send', {
    summary: 'Send a message to everybody in a group.',
    words: { ...group, '<TEXT...>': 'What is said.' },
    wanted: 'Name a group and a text: parley group send Harbour "Ships at noon".',
    flags: groupSendFlags,
  }),
  row('ask', {
    summary: 'Ask the members of a group, and print each answer.',
    more: 'Members that do not answer in time are named in the last line; their answers are stored when they come.',
    words: { ...group, '<TEXT...>': 'What is asked; JSON with --method.' },
    wanted: 'Name a group and a text: parley group ask Harbour "Who has salt?".',
    flags: groupAskFlags,
    ends: { 1: 'all have answered, somebody with an error' },
  }),
  row('read', {
    summary: 'Print the newest messages of a group, and mark all as read.',
    words: group,
    wanted: 'Name a group: parley group read Harbour.',
  }),
  row('events', {
    summary: 'Print who changed what in a group.',
    words: group,
    wanted: 'Name a group: parley group events Harbour.',
  }),
  row('invitations', { summary: 'List the groups that the agent is invited into.' }),
  row('accept', {
    summary: 'Join a group that the agent is invited into.',
    words: invitation,
    wanted: 'Name an invitation: parley group accept Harbour.',
  }),
  row('decline', {
    summary: 'Delete an invitation, and tell who sent it.',
    words: invitation,
    wanted: 'Name an invitation: parley group decline Harbour.',
  }),
];
