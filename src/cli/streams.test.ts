import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { streamed } from '../library/node.ts';
import { counting, host, material, type TwoAgents, twoAgents } from '../library/testing/two-agents.ts';
import { exitCodes } from './exit-codes.ts';
import { runCommandLine } from './run-command-line.ts';
import { runParley } from './testing/run.ts';

const patience = { timeout: 60_000, interval: 20 };
const bytes = material(1_500_000);
let agents: TwoAgents;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  agents = await twoAgents();
  const { hosting } = agents;
  hosting.handle('tell', async function* () {
    yield 'Once';
    yield { word: 'upon\u001b[2J' };
  });
  hosting.handle('text', () =>
    streamed(new TextEncoder().encode('one\n\u001b[2Jtwo\n'), { mediaType: 'text/plain', name: 'a.txt' }),
  );
  hosting.handle('picture', () => streamed(new Blob([bytes], { type: 'image/png' }), { mediaType: 'image/png' }));
  hosting.handle('few', () => bytes.slice(0, 10));
  hosting.handle('plain', () => ({ a: 1 }));
  hosting.handle('fails', async function* () {
    yield 1;
    throw new TypeError('No more.');
  });
}, 120_000);
afterAll(async () => {
  for (const program of running) program.kill('SIGKILL');
  await agents?.end();
});

const words = (method: string, ...more: readonly string[]) => [
  ...['send', host, 'null', '--method', method, '--id', 'cli_agent_001', '--controller', agents.server],
  ...['--data', join(agents.folder, 'cli'), ...more],
];

/** Runs a command with its output as bytes, at a terminal or not. */
async function run(args: readonly string[], isTTY = false) {
  const output = Object.assign(new PassThrough(), { isTTY });
  const parts: Buffer[] = [];
  output.on('data', (part) => parts.push(part));
  let err = '';
  const complaints = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    const code = await runCommandLine(args, { input: process.stdin, output, isInteractive: false });
    return { code, out: Buffer.concat(parts), err };
  } finally {
    complaints.mockRestore();
  }
}

test('a stream of values is a line each, and the outcome goes to stderr', async () => {
  const { code, out, err } = await runParley(...words('tell'));
  expect([code, out]).toEqual([exitCodes.done, '"Once"\n{"word":"upon\\u001b[2J"}\n']);
  expect(JSON.parse(err)).toMatchObject({ status: 'success', peer: host, media_type: 'application/jsonl' });
});

test('bytes are passed on as they are, and not shown at a terminal', async () => {
  const passed = await run(words('picture'));
  expect([passed.code, Buffer.compare(passed.out, bytes)]).toEqual([exitCodes.done, 0]);
  expect(Buffer.compare((await run(words('few'))).out, bytes.subarray(0, 10))).toBe(0);
  const shown = await run(words('picture'), true);
  expect([shown.code, shown.out.length, shown.err]).toEqual([
    exitCodes.usage,
    0,
    expect.stringContaining('image/png, which a terminal cannot show'),
  ]);
});

test('text is passed on as it is, and does nothing to a terminal', async () => {
  expect(String((await run(words('text'))).out)).toBe('one\n\u001b[2Jtwo\n');
  expect(String((await run(words('text'), true)).out)).toBe('one\n\\u001b[2Jtwo\n');
});

test('--output writes a file once the answer has come whole', async () => {
  const path = join(agents.folder, 'picture.png');
  const { code, out } = await runParley(...words('picture', '--output', path));
  expect([code, JSON.parse(out)]).toEqual([
    exitCodes.done,
    expect.objectContaining({ status: 'success', media_type: 'image/png', size: bytes.length, saved: path }),
  ]);
  expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  const plain = join(agents.folder, 'plain.json');
  expect((await runParley(...words('plain', '--output', plain))).code).toBe(exitCodes.done);
  expect(await readFile(plain, 'utf8')).toBe('{"a":1}');
  const failed = await runParley(...words('fails', '--output', join(agents.folder, 'failed')));
  expect([failed.code, JSON.parse(failed.out)]).toMatchObject([
    exitCodes.answeredWithError,
    { status: 'failed', error: { code: 'stream_failed' } },
  ]);
  expect((await readdir(agents.folder)).filter((name) => name.includes('fail') || name.includes('.part'))).toEqual([]);
});

test('an answer that fails while it comes ends with an error after what came', async () => {
  const { code, out, err } = await runParley(...words('fails'));
  expect(code).toBe(exitCodes.answeredWithError);
  // What was not read before it failed is not read any more.
  expect(['', '1\n']).toContain(out);
  expect(JSON.parse(err)).toMatchObject({ status: 'failed', error: { code: 'stream_failed' } });
});

test('--timeout ends an answer that does not end, also at the peer', async () => {
  const { told, count } = counting();
  agents.hosting.handle('count', count);
  const { code, err } = await runParley(...words('count', '--timeout', '3'));
  expect([code, JSON.parse(err)]).toMatchObject([exitCodes.unreachable, { error: { code: 'timed_out' } }]);
  await expect.poll(() => told.isOver, patience).toBe(true);
});

/** A command as a process of its own. */
function spawned(args: readonly string[]) {
  const program = spawn(process.execPath, ['src/cli/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(program);
  const said = { out: '', err: '' };
  program.stdout.on('data', (chunk) => {
    said.out += String(chunk);
  });
  program.stderr.on('data', (chunk) => {
    said.err += String(chunk);
  });
  const ended = new Promise<number | string | null>((resolve) =>
    program.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  return { program, said, ended };
}

test('Ctrl-C ends a stream, and what makes it at the peer', async () => {
  const { told, count } = counting();
  agents.hosting.handle('count', count);
  const { program, said, ended } = spawned(words('count'));
  await expect.poll(() => said.out.split('\n').length, patience).toBeGreaterThan(3);
  program.kill('SIGINT');
  expect(await ended).toBe(exitCodes.interrupted);
  expect(JSON.parse(said.err)).toMatchObject({ status: 'failed', error: { code: 'cancelled' } });
  await expect.poll(() => told.isOver, patience).toBe(true);
});

test('Ctrl-C ends a request that has no answer yet, and its handler', async () => {
  let signal: AbortSignal | undefined;
  agents.hosting.handle('wait', (_, info) => {
    ({ signal } = info);
    return new Promise((_resolve, reject) => info.signal.addEventListener('abort', () => reject(info.signal.reason)));
  });
  const { program, said, ended } = spawned(words('wait'));
  await expect.poll(() => signal, patience).toBeDefined();
  program.kill('SIGINT');
  expect(await ended).toBe(exitCodes.interrupted);
  expect(JSON.parse(said.out)).toMatchObject({ status: 'failed', error: { code: 'cancelled' } });
  await expect.poll(() => signal?.aborted, patience).toBe(true);
});

test('who reads no more of the output ends the answer at the peer', async () => {
  const { told, count } = counting();
  agents.hosting.handle('count', count);
  const { program, said, ended } = spawned(words('count'));
  await expect.poll(() => said.out.split('\n').length, patience).toBeGreaterThan(3);
  program.stdout.destroy();
  expect(await ended).toBe(exitCodes.done);
  await expect.poll(() => told.isOver, patience).toBe(true);
});

test('an agent that one short command has opened can be invited', async () => {
  const own = ['--id', 'short_agent_001', '--controller', agents.server, '--data', join(agents.folder, 'short')];
  expect((await runParley('send', host, 'null', '--method', 'plain', ...own)).code).toBe(exitCodes.done);
  const group = await agents.guest.groups.create({ name: 'Short', invite: ['short_agent_001'] });
  expect(group.members.map(({ agentId }) => agentId)).toContain('short_agent_001');
});
