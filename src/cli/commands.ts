import { serverFlagGroups } from '../server/options/flags.ts';
import { adminCommands } from './admin-commands.ts';
import {
  awayFlags,
  exportFlags,
  identityFlags,
  listenFlags,
  sendFileFlags,
  sendFlags,
  serviceFlags,
  takeFileFlags,
} from './agent-flags.ts';
import type { CommandRow } from './command-row.ts';
import { groupRows } from './group-rows.ts';

/** The exit codes of a command that opens an agent, when it fails. */
const failures = {
  2: 'the command cannot be used',
  3: 'the peer or the server cannot be reached',
  4: 'refused by a check',
  5: 'keys or data cannot be used',
  70: 'unexpected error',
} as const;

/** Every command but `help` and `version`, in the order of the help. */
export const commands: readonly CommandRow[] = [
  {
    name: 'server',
    summary: 'Run the web app, the Controller and the relay on one port.',
    description:
      'Runs the web app, the Controller and the relay on one port. Tokens come from the environment (PARLEY_OPERATOR_TOKEN, PARLEY_REGISTRATION_TOKENS, PARLEY_METRICS_TOKEN) or from files made in the data folder.',
    flagGroups: serverFlagGroups,
    ends: {
      0: 'told to stop',
      2: 'a flag or variable cannot be used',
      5: 'the data folder, the CA or NATS cannot be used',
    },
    run: async ({ flags }) => (await import('../server/main.ts')).runServer(flags),
  },
  {
    name: 'admin',
    summary: 'Look after a server: agents, tokens, status, backup.',
    description:
      'Looks after a server as its operator. The page /admin of the server shows agents, tokens and status too.',
    flagGroups: {},
    commands: adminCommands,
    ends: {},
    run: async () => 0,
  },
  {
    name: 'health',
    summary: 'Check whether a server answers on this machine.',
    description: 'Checks whether the server that these flags describe answers on this machine.',
    flagGroups: serverFlagGroups,
    ends: { 0: 'it answers', 2: 'a flag cannot be used', 3: 'it does not answer' },
    run: async ({ flags }, { output }) => (await import('./health.ts')).runHealth(flags, output),
  },
  {
    name: 'agent',
    summary: 'Run an agent with a console.',
    description:
      'Runs an agent with a console: type help in it to see its commands. With --no-console, and without a terminal or commands (</dev/null, systemd, a container), it serves until SIGTERM. Its default --id is helper_agent_001.',
    flagGroups: {
      'Agent:': { ...identityFlags, ...serviceFlags },
      'Files:': takeFileFlags,
      'Its own address:': listenFlags,
    },
    hiddenFlags: { ...sendFlags, ...exportFlags },
    ends: { 0: 'stopped', ...failures },
    run: async (given, terminal) => (await import('./agent.ts')).runAgent(given, terminal),
  },
  {
    name: 'send',
    summary: 'Send one request or files, and print the outcome as JSON.',
    description:
      'Sends one request, and prints its outcome as one line of JSON. An answer that is a stream or bytes is printed as it comes, and the outcome goes to stderr. Ctrl-C cancels the request at the peer; the second one ends the command at once. Its default --id is cli_agent_001.',
    words: {
      '<PEER>': 'Its agent_id, the beginning of it, or a short form such as helper_1.',
      '[TEXT...]': 'What is asked; JSON with --method. Not with --file.',
    },
    wanted: 'Name a peer and a text: parley send helper "Hello".',
    flagGroups: { 'Request:': { ...sendFlags, ...sendFileFlags, ...awayFlags }, 'Agent:': identityFlags },
    hiddenFlags: { ...listenFlags, ...exportFlags },
    ends: {
      0: 'answered, stored with --store, or every file is whole',
      1: 'answered with an error, an answer that failed while it came, or a file that did not come',
      ...failures,
      130: 'stopped by Ctrl-C',
    },
    run: async (given, { output }) => (await import('./send.ts')).runSend(given, output),
    refuse: async (cause, { output }) => (await import('./one-shot.ts')).writeFailure(cause, output),
  },
  {
    name: 'group',
    summary: 'Make groups, and talk in them.',
    description:
      'Makes groups of agents and talks in them, one command at a time. In the console of parley agent, the same commands begin with group.',
    flagGroups: {},
    commands: groupRows,
    ends: {},
    run: async () => 0,
  },
  {
    name: 'export',
    summary: "Write an agent's audit trail or history to a file.",
    description:
      'Writes the audit trail, with the content of the entries of --disclose and no others; or the conversations, encrypted in the age format. No file is overwritten. Its default --id is helper_agent_001.',
    words: { '<WHAT>': 'What is written.', '<FILE>': 'A file that is not there yet.' },
    wanted: 'Name what to export, and a file: parley export audit audit.json, or parley export history history.age.',
    flagGroups: { 'Export:': exportFlags, 'Agent:': identityFlags },
    hiddenFlags: { ...listenFlags, ...sendFlags },
    ends: { 0: 'written', ...failures },
    run: async (given, { output }) => (await import('./export.ts')).runExport(given, output),
  },
  {
    name: 'verify',
    summary: 'Verify an exported audit trail.',
    description:
      "Verifies an exported audit trail: every hash, every signature, and the certificates up to the Controller's. It needs no network.",
    words: { '<FILE>': 'The exported trail.' },
    wanted: 'Name a file: parley verify audit.json.',
    flagGroups: {
      'Flags:': {
        ca: { value: 'FILE', help: 'Pins the Controller by its certificate, in PEM or DER.' },
        json: { help: 'Prints one object in place of sentences.' },
      },
    },
    ends: { 0: 'everything holds', 2: 'the command cannot be used', 4: 'something does not hold' },
    run: async (given, { output }) => (await import('./verify.ts')).runVerify(given, output),
  },
];
