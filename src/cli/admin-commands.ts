import { backupFlags, restoreFlags } from './admin-flags.ts';
import type { CommandRow } from './command-row.ts';

/** The exit codes of what an operator does with files. */
const fileEnds = {
  2: 'the command cannot be used, or something would be overwritten',
  5: 'the data folder, the CA or the file cannot be used',
  70: 'unexpected error',
} as const;

/** The commands of `parley admin`, in the order of the help. */
export const adminCommands: readonly CommandRow[] = [
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
