#!/usr/bin/env node
import { visibleLine } from '../console/visible-text.ts';
import { runServer } from '../server/main.ts';
import { parleyVersion } from '../server/package-folder.ts';
import { runAgent } from './agent.ts';
import { exitCodes } from './exit-codes.ts';
import { runExport } from './export.ts';
import { runHealth } from './health.ts';
import { help } from './help.ts';
import { runSend } from './send.ts';
import { runVerify } from './verify.ts';

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

const [word = 'help', ...args] = process.argv.slice(2);
const command = commands[word];
if (command !== undefined && !args.includes('--help')) {
  process.exitCode = await command(args);
} else if (['version', '--version', '-V'].includes(word)) {
  process.stdout.write(`parley ${parleyVersion()}\n`);
} else if (command !== undefined || ['help', '--help', '-h'].includes(word)) {
  process.stdout.write(help);
} else {
  process.stderr.write(`There is no command “${visibleLine(word)}”.\n\n${help}`);
  process.exitCode = exitCodes.usage;
}
