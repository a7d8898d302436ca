import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rawHttpAt } from '../server/testing/raw-http.ts';
import { operatorToken, startTestServer, type TestServer } from '../server/testing/server.ts';
import { freePort } from '../storage/nats/testing/free-port.ts';
import { exitCodes } from './exit-codes.ts';

let server: TestServer;
let folder: string;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'parley-command-'));
});
afterEach(() => {
  for (const program of running) program.kill('SIGKILL');
  running.clear();
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

const flags = (id: string) => ['--id', id, '--controller', server.url, '--data', folder];

/** A command as a process of its own, without an input unless it is given one. */
function parley(args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore', stdout: 'pipe' | number = 'pipe') {
  const program = spawn(process.execPath, ['src/cli/main.ts', ...args], {
    stdio: [stdin, stdout, 'pipe'],
  });
  running.add(program);
  let text = '';
  const heard = new Set<() => void>();
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on('data', (chunk) => {
      text += String(chunk);
      for (const look of heard) look();
    });
  }
  const ended = new Promise<number | string | null>((resolve) =>
    program.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  const said = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(text)) resolve();
      };
      heard.add(look);
      void ended.then((code) => reject(new Error(`ended with ${code}: ${text}`)));
      look();
    });
  return { program, ended, said, text: () => text };
}

describe('parley agent', () => {
  test('serves without an input until it is told to stop', async () => {
    const agent = parley(['agent', ...flags('service_agent_001')]);
    await agent.said(/is ready at/);
    const asked = parley(['send', 'service_agent_001', 'Hello', ...flags('asking_agent_001')]);
    expect([await asked.ended, asked.text()]).toEqual([exitCodes.done, expect.stringContaining('"status":"success"')]);
    agent.program.kill('SIGTERM');
    expect(await agent.ended).toBe(exitCodes.done);
  });

  test('goes on when nobody reads what it says', async () => {
    const agent = parley(['agent', ...flags('unheard_agent_001')]);
    await agent.said(/is ready at/);
    agent.program.stdout?.destroy();
    agent.program.stderr?.destroy();
    for (let times = 0; times < 2; times += 1) {
      const asked = parley(['send', 'unheard_agent_001', 'Hello', ...flags('asking_agent_001')]);
      expect(await asked.ended).toBe(exitCodes.done);
    }
    agent.program.kill('SIGTERM');
    expect(await agent.ended).toBe(exitCodes.done);
  });

  test('ends with its commands when it was given any', async () => {
    const agent = parley(['agent', ...flags('scripted_agent_001')], 'pipe');
    agent.program.stdin?.end('whoami\n');
    expect(await agent.ended).toBe(exitCodes.done);
    expect(agent.text()).toContain('scripted_agent_001');
  });

  test('answers at an IPv6 address of its own, and no page of another origin', async () => {
    const port = await freePort();
    const agent = parley(['agent', ...flags('listening_agent_001'), '--listen', `http://[::1]:${port}`]);
    await agent.said(/is ready at http:\/\/\[::1\]/);
    const get = async (...headers: readonly string[]) => {
      const lines = ['GET /agent/session/0 HTTP/1.1', 'Connection: close', ...headers];
      return (await rawHttpAt('::1', port, `${lines.join('\r\n')}\r\n\r\n`)).status;
    };
    const host = `Host: [::1]:${port}`;
    expect(await get(host)).not.toBe(403);
    expect(await get(host, `Origin: ${server.url}`)).not.toBe(403);
    expect(await get(host, 'Origin: https://stranger.example')).toBe(403);
    expect(await get(host, 'Sec-Fetch-Site: cross-site')).toBe(403);
    expect(await get('Host: rebound.example')).toBe(421);
    agent.program.kill('SIGTERM');
    expect(await agent.ended).toBe(exitCodes.done);
  });
});

describe('a command', () => {
  test.each([
    ['server', 'Usage: parley server [flags]\n', '--nats-creds FILE', '--id NAME'],
    ['health', 'Usage: parley health [flags]\n', '--port PORT', '--id NAME'],
    ['agent', 'Usage: parley agent [flags]\n', '--listen URL', '--method'],
    ['send', 'Usage: parley send [flags] <PEER> [TEXT...]\n', '--method NAME', '--listen'],
    ['export', 'Usage: parley export [flags] <WHAT> <FILE>\n', '--disclose NUMBERS', '--listen'],
    ['verify', 'Usage: parley verify [flags] <FILE>\n', '--ca FILE', '--id NAME'],
  ])('explains itself and no other: %s', async (name, usage, own, foreign) => {
    const { ended, text } = parley([name, '--help']);
    expect(await ended).toBe(exitCodes.done);
    expect(text().startsWith(usage)).toBe(true);
    expect(text()).toContain(`  ${own}  `);
    expect(text()).toMatch(/^Exit codes:\n {2}0 /m);
    expect(text()).not.toContain(foreign);
    const asked = parley(['help', name]);
    expect([await asked.ended, asked.text()]).toEqual([exitCodes.done, text()]);
  });

  test.each([
    ['{"amount":1,"amount":2}', 'same name twice'],
    ['{"amount":9007199254740993}', 'too large to be exact'],
    ["{'amount':1}", 'is not JSON'],
  ])('sends no JSON that says two things: %s', async (json, words) => {
    const { ended, text } = parley(['send', 'nobody', json, '--method', 'pay', ...flags('typing_agent_001')]);
    expect(await ended).toBe(exitCodes.usage);
    expect(JSON.parse(text())).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_input', detail: expect.stringContaining(words) },
    });
  });

  test('that cannot be used, or is none, never ends as if a peer had answered', async () => {
    for (const args of [
      ['health', '--port', 'x'],
      ['server', '--colour'],
      ['constructor'],
      ['verify'],
      ['agent', '--id'],
    ]) {
      const { ended, text } = parley(args);
      expect([args, await ended]).toEqual([args, exitCodes.usage]);
      expect(text()).not.toContain('    at ');
    }
  });

  test.each([
    [['agent', '--colour'], 'This command has no flag --colour. Run parley agent --help to see the flags.'],
    [['admin', 'bakcup'], 'There is no command “bakcup”. Did you mean backup?'],
    [
      ['admin', 'backup', '--jsn', 'a'],
      'This command has no flag --jsn. Did you mean --json? Run parley admin backup --help',
    ],
    [['admin', 'restore'], 'Name the backup: parley admin restore parley.backup.'],
    [['server', '--prot', '1'], 'This command has no flag --prot. Did you mean --port?'],
    [['server', '--allow-http=1'], '--allow-http takes no value.'],
    [['agent', '--id', '--listen', 'x'], '--id needs a value.'],
    [['agent', 'helper'], 'This command takes flags only, not “helper”.'],
    [['agnet'], 'There is no command “agnet”. Did you mean agent? Run parley help to list the commands.\n'],
    [['--colour', 'agent'], 'There is no command “--colour”.'],
    [['export', 'trail', 'audit.json'], 'Name what to export, and a file'],
    [['export', 'audit'], 'Name what to export, and a file'],
    [['verify', 'one.json', 'two.json'], 'Name a file'],
    [['send', 'helper'], '"detail":"Name a peer and a text'],
    [['send', 'helper', 'Hello', '--colour'], '"detail":"This command has no flag --colour.'],
    [['send', 'helper', 'Hello', '--id'], '"detail":"--id needs a value.'],
    [['server', 'now'], 'This command takes flags only, not “now”.'],
    [['verify', 'audit.json', '--ca'], '--ca needs a value.'],
    [['agent', '--listen', 'ftp://localhost:5001'], '--listen is no base URL'],
    [['server', '--app', '/nowhere'], '--app (PARLEY_APP) is /nowhere, which does not exist.'],
    [['verify', '/nowhere/audit.json'], '/nowhere/audit.json cannot be used: it does not exist'],
    [['verify', 'audit.json', '--ca', 'package.json'], '--ca is package.json. The file holds no certificate'],
  ])('names the flag that is wrong: %j', async (args, words) => {
    const { ended, text } = parley(args);
    expect([await ended, text()]).toEqual([exitCodes.usage, expect.stringContaining(words)]);
  });

  test.runIf(existsSync('/dev/full'))('says that its output could not be written', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      for (const args of [['--version'], ['send', '--help'], ['help']]) {
        const { ended, text } = parley(args, 'ignore', full);
        expect([args, await ended, text()]).toEqual([
          args,
          exitCodes.storage,
          'The output could not be written (ENOSPC). The command itself ran: check before you repeat it.\n',
        ]);
      }
    } finally {
      closeSync(full);
    }
  });

  test('of a revoked agent says what that means for it', async () => {
    const asked = () => parley(['send', 'nobody', 'Hello', ...flags('revoked_agent_001')]);
    await asked().ended;
    const answer = await fetch(`${server.url}/controller/revoke`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${operatorToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        agent_id: 'revoked_agent_001',
        controller: server.url,
        reason: 'keyCompromise',
        timestamp: Math.floor(Date.now() / 1_000),
      }),
    });
    expect(answer.status).toBe(200);
    const { ended, text } = asked();
    expect([await ended, text()]).toEqual([exitCodes.refused, expect.stringContaining('has revoked this agent')]);
  });

  test('tells by its exit code whether a server is well, ended as it was told, or could not start', async () => {
    const well = parley(['health', '--port', new URL(server.url).port]);
    expect([await well.ended, well.text()]).toEqual([exitCodes.done, 'ok\n']);
    const port = String(await freePort());
    const started = parley(['server', '--port', port, '--data', join(folder, 'server')]);
    await started.said(/Parley is ready at/);
    const second = parley(['server', '--port', String(await freePort()), '--data', join(folder, 'server')]);
    expect([await second.ended, second.text()]).toEqual([
      exitCodes.storage,
      expect.stringContaining('Another server uses the data folder'),
    ]);
    const taken = parley(['server', '--port', port, '--data', join(folder, 'other')]);
    expect([await taken.ended, taken.text()]).toEqual([
      exitCodes.usage,
      expect.stringContaining('Choose another with --host (PARLEY_HOST) and --port (PORT)'),
    ]);
    started.program.kill('SIGTERM');
    expect(await started.ended).toBe(exitCodes.done);
  });

  test('says which Parley it is', async () => {
    const { ended, text } = parley(['--version']);
    expect([await ended, text()]).toEqual([0, expect.stringMatching(/^parley \d+\.\d+\.\d+\n$/)]);
  });
});
