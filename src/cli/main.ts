#!/usr/bin/env node
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import { leaveOutExperimentalWarnings } from './node-warnings.ts';
import { watchOutput } from './output.ts';

/** Milliseconds that what a command has left behind may go on before the process ends. */
const lingerMs = 1_000;

leaveOutExperimentalWarnings();
watchOutput();
// Node would end with 1, which says that a peer answered.
process.on('uncaughtException', (error) => {
  complain(error);
  process.exit(exitCodes.unexpected);
});

const args = process.argv.slice(2);
const terminal = {
  // Only a command that reads its input opens it.
  get input() {
    return process.stdin;
  },
  output: process.stdout,
  get isInteractive() {
    return process.stdin.isTTY && process.stdout.isTTY;
  },
};
// Which version this is says itself without the command line's library.
process.exitCode = ['--version', '-V', 'version'].includes(args[0] ?? '')
  ? (await import('./version.ts')).writeVersion(terminal.output)
  : await (await import('./run-command-line.ts')).runCommandLine(args, terminal);
setTimeout(() => process.exit(), lingerMs).unref();
