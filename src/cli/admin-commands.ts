import { agentsFlags, backupFlags, makeTokenFlags, restoreFlags, revokeFlags, statusFlags } from './admin-flags.ts';
import type { CommandRow } from './command-row.ts';

/** The exit codes of what an operator does with files. */
const fileEnds = {
  2: 'the command cannot be used, or something would be overwritten',
  5: 'the data folder, the CA or the file cannot be used',
  70: 'unexpected error',
} as const;

/** The exit codes of what asks a running server, when it fails. */
const askEnds = {
  2: 'the command cannot be used',
  3: 'the server cannot be reached, or nobody has this name',
  4: 'refused: a wrong token, too many requests',
  70: 'unexpected error',
} as const;

const tokenWord = { '<TOKEN>': 'Its id or its name.' };

/** The commands of `parley admin tokens`. */
const tokenCommands: readonly CommandRow[] = [
  {
    name: 'list',
    summary: 'List the registration tokens.',
    description: 'Lists the registration tokens that were made, without their secrets.',
    flagGroups: { 'Server:': statusFlags },
    ends: { 0: 'listed', ...askEnds },
    run: async (given, { output }) => (await import('./admin-tokens.ts')).listTokens(given, output),
  },
  {
    name: 'make',
    summary: 'Make a token that admits new agents.',
    description:
      'Makes a registration token, and prints it once: the server stores only its hash. It counts at once, at every server of a group.',
    words: { '<NAME>': 'What you call it.' },
    wanted: 'Name the token: parley admin tokens make workshop --expires 12h --uses 30.',
    flagGroups: { 'Token:': makeTokenFlags },
    ends: { 0: 'made', ...askEnds },
    run: async (given, { output }) => (await import('./admin-tokens.ts')).makeToken(given, output),
  },
  {
    name: 'revoke',
    summary: 'End a token. Agents that it admitted stay.',
    description: 'Ends a registration token at once, at every server of a group. Agents that it admitted stay.',
    words: tokenWord,
    wanted: 'Name a token: parley admin tokens revoke workshop.',
    flagGroups: { 'Server:': statusFlags },
    ends: { 0: 'ended', ...askEnds },
    run: async (given, { output }) => (await import('./admin-tokens.ts')).revokeToken(given, output),
  },
  {
    name: 'rotate',
    summary: 'Give a token another secret.',
    description:
      'Gives a registration token another secret, and prints it once. The former one admits nobody any more.',
    words: tokenWord,
    wanted: 'Name a token: parley admin tokens rotate workshop.',
    flagGroups: { 'Server:': statusFlags },
    ends: { 0: 'rotated', ...askEnds },
    run: async (given, { output }) => (await import('./admin-tokens.ts')).rotateToken(given, output),
  },
];

/** The commands of `parley admin`, in the order of the help. */
export const adminCommands: readonly CommandRow[] = [
  {
    name: 'status',
    summary: 'Show how a server is.',
    description: 'Shows version, uptime, agents, revocation list, store, CA and limits of a running server.',
    flagGroups: { 'Server:': statusFlags },
    ends: { 0: 'shown', ...askEnds },
    run: async (given, { output }) => (await import('./admin-status.ts')).runStatus(given, output),
  },
  {
    name: 'agents',
    summary: 'List the agents of a server.',
    description:
      'Lists agents, a page at a time: whether each is online, when it was seen last, its key, when its certificates end.',
    flagGroups: { 'Agents:': agentsFlags },
    ends: { 0: 'listed', ...askEnds },
    run: async (given, { output }) => (await import('./admin-agents.ts')).runAgents(given, output),
  },
  {
    name: 'revoke',
    summary: 'Revoke an agent.',
    description:
      'Revokes all certificates of an agent. Every connected agent ends its sessions with it. It cannot be undone.',
    words: { '<AGENT_ID>': 'The whole agent_id.' },
    wanted: 'Name an agent: parley admin revoke helper_agent_001.',
    flagGroups: { 'Revocation:': revokeFlags },
    ends: { 0: 'revoked, or was revoked before', ...askEnds },
    run: async (given, terminal) => (await import('./admin-agents.ts')).runRevoke(given, terminal),
  },
  {
    name: 'tokens',
    summary: 'Make, list, revoke and rotate registration tokens.',
    description: 'Looks after the tokens that admit new agents to a server that runs with --registration token.',
    flagGroups: {},
    commands: tokenCommands,
    ends: {},
    run: async () => 0,
  },
  {
    name: 'backup',
    summary: "Write a server's database, CA and tokens to one file.",
    description:
      'Writes the database, the CA with its private key and the tokens to one new file, and verifies it. The server may run. The file is a tar archive for its owner alone (mode 0600).',
    words: { '<FILE>': 'A file that is not there yet.' },
    wanted: 'Name a file that is not there yet: parley admin backup parley.backup.',
    flagGroups: { 'Server:': backupFlags },
    ends: { 0: 'written and verified', ...fileEnds },
    run: async (given, { output }) => (await import('./admin-backup.ts')).runBackup(given, output),
  },
  {
    name: 'restore',
    summary: 'Put a backup into a data folder that no server uses.',
    description:
      'Verifies a backup, then puts its files into a data folder that no server uses. What was registered or revoked after the backup is not in it.',
    words: { '<FILE>': 'The backup.' },
    wanted: 'Name the backup: parley admin restore parley.backup.',
    flagGroups: { 'Server:': restoreFlags },
    ends: { 0: 'restored', ...fileEnds },
    run: async (given, { output }) => (await import('./admin-backup.ts')).runRestore(given, output),
  },
];
