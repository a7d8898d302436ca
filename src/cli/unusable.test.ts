import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../storage/nats/testing/free-port.ts';
import { exitCodes } from './exit-codes.ts';
import { type Ended, runParley } from './testing/run.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const long = 'a'.repeat(300);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-unusable-'));
  await mkdir(at('folder'));
  await mkdir(at('agents'));
  await writeFile(at('file'), 'nothing of use');
  await chmod(at('file'), 0o600);
  await writeFile(at('empty'), '');
  await chmod(at('empty'), 0o600);
  await writeFile(at('blank'), ' \n');
  await writeFile(at('two lines'), 'a token\nand another');
  execFileSync('mkfifo', [at('pipe')]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command in this process: what it says and how it ends. */
const run = (command: string, args: readonly string[]) =>
  command === 'send' ? runParley(command, 'peer', 'Hello', ...args) : runParley(command, ...args);

/** The sentence: on stderr, or in the line of JSON that is the outcome of `send`. */
async function refusalOf(command: string, args: readonly string[]): Promise<Ended & { readonly sentence: string }> {
  const ended = await run(command, args);
  if (command !== 'send') return { ...ended, sentence: ended.err };
  return { ...ended, sentence: JSON.parse(ended.out).error.detail };
}

/** Flags, with `@name` for what lies in the folder of this test. */
const placed = (args: readonly string[]) => args.map((arg) => arg.replace(/@([a-z0-9 ./]+)/g, (_, name) => at(name)));

const { usage, storage, unreachable } = exitCodes;
const nowhere = ['--controller', 'http://127.0.0.1:1', '--data', '@agents'];

describe('what cannot be used ends a command at once, with the flag, the path and what to do', () => {
  test.runIf(process.platform === 'linux').each([
    ['server', ['--data', '/proc/parley'], storage, '--data (PARLEY_DATA) is /proc/parley'],
    ['server', ['--data', '/proc'], storage, '--data (PARLEY_DATA) is /proc,'],
    ['server', ['--data', '@data', '--ca', '/proc/ca.pem'], storage, '--ca (PARLEY_CA) is /proc/ca.pem,'],
    [
      'send',
      ['--controller', 'http://127.0.0.1:1', '--data', '/proc/parley'],
      storage,
      '--data (PARLEY_AGENT_DATA) is /proc/parley,',
    ],
    [
      'agent',
      ['--controller', 'http://127.0.0.1:1', '--data', '/proc/parley'],
      storage,
      '--data (PARLEY_AGENT_DATA) is /proc/parley,',
    ],
    [
      'agent',
      ['--listen', 'https://localhost:5001', '--data', '/proc/parley'],
      storage,
      '--data (PARLEY_AGENT_DATA) is /proc/parley,',
    ],
    [
      'send',
      [...nowhere, '--passphrase-file', '/dev/zero'],
      usage,
      '--passphrase-file is /dev/zero, which cannot be used: it is a device',
    ],
    ['verify', ['/dev/zero'], usage, '/dev/zero cannot be used: it is a device'],
    [
      'export',
      ['audit', '/proc/audit.json', '--id', 'here_agent_001', '--data', '@agents'],
      storage,
      'FILE is /proc/audit.json, which',
    ],
  ])('%s %j', async (command, args, code, words) => {
    await mkdir(at('agents/here_agent_001'), { recursive: true });
    expect(await refusalOf(command, placed(args))).toMatchObject({ code, sentence: expect.stringContaining(words) });
  });

  test.each([
    [
      'server',
      ['--data', '@file'],
      storage,
      '--data (PARLEY_DATA) is @file, which cannot be used: a part of its path is a file',
    ],
    ['server', ['--data', '@file/x'], storage, '--data (PARLEY_DATA) is @file/x, which'],
    ['server', ['--data', `@${long}`], storage, 'the path is too long'],
    ['server', ['--data', ''], usage, '--data (PARLEY_DATA) needs a value'],
    [
      'server',
      ['--data', '@data', '--ca', '@none/ca.pem'],
      storage,
      '--ca (PARLEY_CA) is @none/ca.pem, which cannot be used',
    ],
    [
      'server',
      ['--data', '@data', '--ca', '@folder'],
      storage,
      '--ca (PARLEY_CA) is @folder, which cannot be used: it is a folder',
    ],
    [
      'server',
      ['--data', '@data', '--ca', '@pipe'],
      storage,
      '--ca (PARLEY_CA) is @pipe, which cannot be used: it is a device or a pipe',
    ],
    ['server', ['--data', '@data', '--ca', '@file'], storage, '@file holds no CA'],
    ['server', ['--data', '@data', '--app', '@none'], usage, '--app (PARLEY_APP) is @none, which does not exist'],
    ['server', ['--data', '@data', '--app', '@file'], usage, '--app (PARLEY_APP) is @file, which has no'],
    ['server', ['--data', '@data', '--tls-cert', '@none', '--tls-key', '@file'], usage, '--tls-cert is @none, which'],
    ['server', ['--data', '@data', '--tls-cert', '@file', '--tls-key', '@pipe'], usage, '--tls-key is @pipe, which'],
    ['server', ['--data', '@data', '--tls-cert', '@file', '--tls-key', '@file'], usage, 'which do not belong together'],
    ['server', ['--data', '@data', '--relays', ''], usage, '--relays (PARLEY_RELAYS) needs a value'],
    ['server', ['--host', ''], usage, '--host (PARLEY_HOST) needs a value'],
    ['server', ['--host', 'a b'], usage, '--host (PARLEY_HOST) is no host name'],
    ['server', ['--port', '1'.repeat(400)], usage, '--port (PORT) is more than 65535'],
    ['server', ['--nats', 'nats://user:%zz@localhost'], usage, '--nats (NATS_URL) is no URL'],
    ['server', ['--data', '@data', '--nats', 'nats://127.0.0.1:1'], storage, '--nats (NATS_URL)'],
    [
      'server',
      ['--data', '@data', '--nats', 'nats://127.0.0.1:1', '--nats-creds', '@none'],
      usage,
      '--nats-creds (NATS_CREDS) is @none, which',
    ],
    [
      'server',
      ['--data', '@data', '--nats', 'nats://127.0.0.1:1', '--nats-nkey', '@pipe'],
      usage,
      '--nats-nkey (NATS_NKEY) is @pipe, which',
    ],
    [
      'server',
      ['--data', '@data', '--nats', 'tls://127.0.0.1:1', '--nats-ca', '@file'],
      usage,
      '--nats-ca (NATS_CA) is @file, which holds no PEM',
    ],
    [
      'send',
      ['--controller', 'http://127.0.0.1:1', '--data', '@file'],
      storage,
      '--data (PARLEY_AGENT_DATA) is @file, ',
    ],
    ['send', [...nowhere, '--passphrase-file', '@none'], usage, '--passphrase-file is @none, which'],
    [
      'send',
      [...nowhere, '--passphrase-file', '@folder'],
      usage,
      '--passphrase-file is @folder, which cannot be used: it is a folder',
    ],
    [
      'send',
      [...nowhere, '--passphrase-file', '@pipe'],
      usage,
      '--passphrase-file is @pipe, which cannot be used: it is a device or a pipe',
    ],
    [
      'send',
      [...nowhere, '--passphrase-file', '@empty'],
      usage,
      '--passphrase-file is @empty, which cannot be used: it is empty',
    ],
    ['send', [...nowhere, '--token-file', '@blank'], usage, '--token-file is @blank, which holds only white space'],
    ['send', [...nowhere, '--token-file', '@two lines'], usage, '--token-file holds no registration token'],
    ['send', [...nowhere, '--trust', '@none'], usage, '--trust is @none, which'],
    ['send', [...nowhere, '--trust', '@file'], usage, '--trust is @file, which holds no certificate'],
    ['send', [...nowhere, '--id', '../../x'], usage, '--id (PARLEY_ID) is ../../x, which is no agent_id'],
    ['send', [...nowhere, '--method', ''], usage, '--method needs a value'],
    ['send', nowhere, unreachable, '--controller (PARLEY_CONTROLLER) is http://127.0.0.1:1.'],
    [
      'agent',
      ['--listen', 'https://localhost:5001', '--tls-cert', '@none', '--tls-key', '@none', ...nowhere],
      usage,
      '--tls-cert is @none, which',
    ],
    [
      'export',
      ['audit', '@none/audit.json', '--id', 'here_agent_001', ...nowhere],
      storage,
      'FILE is @none/audit.json, which',
    ],
    [
      'export',
      ['audit', '@audit.json', '--id', 'here_agent_001', ...nowhere, '--peer', 'X'],
      usage,
      '--peer is X, which is no agent_id',
    ],
    [
      'export',
      ['audit', '@audit.json', '--id', 'none_agent_001', ...nowhere],
      usage,
      'Check --id (PARLEY_ID) and --data',
    ],
    ['verify', ['@pipe'], usage, '@pipe cannot be used: it is a device or a pipe'],
    ['verify', ['@folder'], usage, '@folder cannot be used: it is a folder'],
    ['verify', ['@empty'], usage, '@empty cannot be used: it is empty'],
    ['verify', ['package.json', '--ca', '@none'], usage, '--ca is @none, which cannot be used'],
    ['verify', ['package.json', '--ca', '@file'], usage, '--ca is @file. The file holds no certificate'],
    ['health', ['--port', '0'], usage, '--port (PORT) is 0'],
  ])('%s %j', async (command, args, code, words) => {
    await mkdir(at('agents/here_agent_001'), { recursive: true });
    const [sentence = ''] = placed([words]);
    const refusal = await refusalOf(command, placed(args));
    expect(refusal).toMatchObject({ code, sentence: expect.stringContaining(sentence) });
    expect(refusal.sentence).not.toMatch(/\.new\b|internal_error|unexpected/);
  });

  test('a control character of a path or a name reaches no terminal', async () => {
    for (const [command, args] of [
      ['server', ['--data', at('file/\u001b[31m')]],
      ['verify', [at('\u001b[31m\n\u202e')]],
      ['agent', ['--id', '\u001b[31m']],
    ] as const) {
      const { err } = await refusalOf(command, args);
      expect(err.trimEnd()).toMatch(/\\u001b/);
      expect(err.trimEnd()).toMatch(/^\P{C}+$/u);
    }
  });

  test('an export that comes to nothing leaves no file', async () => {
    await mkdir(at('agents/here_agent_001'), { recursive: true });
    const flags = ['--id', 'here_agent_001', ...placed(nowhere)];
    expect((await run('export', ['audit', at('left.json'), ...flags])).code).toBe(unreachable);
    expect(await readdir(folder)).not.toContain('left.json');
  });
});

test('health says why on stderr, and nothing on stdout', async () => {
  const port = String(await freePort());
  const ended = await run('health', ['--port', port]);
  expect(ended).toMatchObject({ code: unreachable, out: '' });
  expect(ended.err).toContain(`The server at http://localhost:${port} does not answer (ECONNREFUSED).`);
});
