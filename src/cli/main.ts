#!/usr/bin/env node
import { visibleLine } from '../console/visible-text.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import { help, helpOf } from './help.ts';
import { leaveOutExperimentalWarnings } from './node-warnings.ts';
import { watchOutput } from './output.ts';

/** Milliseconds that what a command has left behind may go on before the process ends. */
const lingerMs = 1_000;

/** What each word does. A command loads what it needs, and nothing of the others. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  server: async (args) => (await import('../server/main.ts')).runServer(args),
  agent: async (args) =>
    (await import('./agent.ts')).runAgent(args, {
      input: process.stdin,
      output: process.stdout,
      isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    }),
  send: async (args) => (await import('./send.ts')).runSend(args, process.stdout),
  export: async (args) => (await import('./export.ts')).runExport(args, process.stdout),
  verify: async (args) => (await import('./verify.ts')).runVerify(args, process.stdout),
  health: async (args) => (await import('./health.ts')).runHealth(args, process.stdout),
};

leaveOutExperimentalWarnings();
watchOutput();
// Node would end with 1, which says that a peer answered.
process.on('uncaughtException', (error) => {
  complain(error);
  process.exit(exitCodes.unexpected);
});

const [word = 'help', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
if (command === undefined) {
  process.exitCode = await withoutCommand();
} else if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(helpOf(word) ?? help);
  process.exitCode = exitCodes.done;
} else {
  process.exitCode = await command(args).catch(complain);
  setTimeout(() => process.exit(), lingerMs).unref();
}

async function withoutCommand(): Promise<number> {
  if (['version', '--version', '-V'].includes(word)) {
    const { parleyVersion } = await import('../server/web/package-folder.ts');
    process.stdout.write(`parley ${parleyVersion()}\n`);
    return exitCodes.done;
  }
  if (['help', '--help', '-h'].includes(word)) {
    process.stdout.write(helpOf(args[0]) ?? help);
    return exitCodes.done;
  }
  process.stderr.write(`There is no command “${visibleLine(word)}”.\n\n${help}`);
  return exitCodes.usage;
}
