import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const age = '/usr/bin/age';
/** It gives a program a terminal, which is where age asks for the passphrase. */
const script = '/usr/bin/script';

/** Whether this machine has the `age` command; the tests that need it are left out where it has not. */
export const hasAge = existsSync(age) && existsSync(script);

/** Runs `age` with these arguments and types `lines` at its terminal. Gives the exit code. */
export function runAge(args: readonly string[], lines: readonly string[]): Promise<number | null> {
  const command = [age, ...args].map((part) => `'${part}'`).join(' ');
  const child = spawn(script, ['--quiet', '--return', '--command', command, '/dev/null'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      child.stdin.end();
      resolve(code);
    });
  });
}
