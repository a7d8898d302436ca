#!/usr/bin/env node
import { visibleLine } from '../console/visible-text.ts';
import { asParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import { runServer } from '../server/main.ts';
import { parleyVersion } from '../server/package-folder.ts';
import { runAgent } from './agent.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { runExport } from './export.ts';
import { runHealth } from './health.ts';
import { help, helpOf } from './help.ts';
import { leaveOutExperimentalWarnings } from './node-warnings.ts';
import { watchOutput } from './output.ts';
import { runSend } from './send.ts';
import { runVerify } from './verify.ts';

/** Milliseconds that what a command has left behind may go on before the process ends. */
const lingerMs = 1_000;

/** What each word does. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  server: runServer,
  agent: (args) =>
    runAgent(args, {
      input: process.stdin,
      output: process.stdout,
      isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    }),
  send: (args) => runSend(args, process.stdout),
  export: (args) => runExport(args, process.stdout),
  verify: (args) => runVerify(args, process.stdout),
  health: runHealth,
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
  process.exitCode = withoutCommand();
} else if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(helpOf(word) ?? help);
  process.exitCode = exitCodes.done;
} else {
  process.exitCode = await command(args).catch((error: unknown) => {
    complain(error);
    return exitCodeOf(asParleyError(error).code);
  });
  setTimeout(() => process.exit(), lingerMs).unref();
}

function withoutCommand(): number {
  if (['version', '--version', '-V'].includes(word)) {
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

function complain(error: unknown): void {
  const { code, detail } = asParleyError(error);
  const name = code === 'internal_error' && isError(error) ? ` ${error.name}.` : '';
  process.stderr.write(`${visibleLine(`${detail}${name} (${code})`)}\n`);
}
