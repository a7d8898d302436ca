import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { material, type TwoAgents, twoAgents } from '../library/testing/two-agents.ts';
import { exitCodes } from './exit-codes.ts';
import { progressWords, sizeWords } from './file-words.ts';
import { runParley } from './testing/run.ts';

const taker = 'taker_agent_001';
const patience = { timeout: 60_000, interval: 20 };
let agents: TwoAgents;
let program: ChildProcess | undefined;
let taken: string;
let said = '';
beforeAll(async () => {
  agents = await twoAgents();
  taken = join(agents.folder, 'taken');
  const flags = ['--id', taker, '--controller', agents.server, '--data', join(agents.folder, 'shell')];
  program = spawn(
    process.execPath,
    ['src/cli/main.ts', 'agent', '--no-console', ...flags, '--files', taken, '--files-limit', '3MiB'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  program.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  await vi.waitFor(() => expect(said).toContain('is ready at'), patience);
}, 180_000);
afterAll(async () => {
  program?.kill('SIGKILL');
  await agents?.end();
});

async function sending(...words: readonly string[]) {
  const flags = ['--id', 'cli_agent_001', '--controller', agents.server, '--data', join(agents.folder, 'cli')];
  const { code, out } = await runParley('send', ...words, ...flags);
  const lines = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  return { code, lines };
}

test('files go to an agent that stores them in its folder, under safe names, and none is overwritten', async () => {
  const bytes = material(2_500_000);
  const path = join(agents.folder, 'map.bin');
  await writeFile(path, bytes);
  await writeFile(join(agents.folder, 'empty.txt'), '');
  const whole = { status: 'whole', peer: taker };
  const sent = await sending(taker, '--file', path, '--file', join(agents.folder, 'empty.txt'));
  expect([sent.code, sent.lines]).toEqual([
    exitCodes.done,
    [
      expect.objectContaining({ ...whole, file: 'map.bin', size: bytes.length }),
      expect.objectContaining({ ...whole, file: 'empty.txt', size: 0 }),
    ],
  ]);
  await writeFile(path, bytes.subarray(0, 5));
  expect((await sending(taker, '--file', path)).code).toBe(exitCodes.done);
  expect((await readdir(taken)).sort()).toEqual(['empty.txt', 'map (2).bin', 'map.bin']);
  expect(Buffer.compare(await readFile(join(taken, 'map.bin')), bytes)).toBe(0);
  expect(await readFile(join(taken, 'map (2).bin'))).toHaveLength(5);
});

test('a file larger than the limit is declined', async () => {
  const path = join(agents.folder, 'large.bin');
  await writeFile(path, material(3 * 1024 * 1024 + 1));
  const { code, lines } = await sending(taker, '--file', path);
  expect([code, lines]).toMatchObject([exitCodes.answeredWithError, [{ status: 'declined', file: 'large.bin' }]]);
});

test('a folder, a file that is not there and a text beside a file are refused', async () => {
  const folder = join(agents.folder, 'a folder');
  await mkdir(folder);
  for (const words of [
    ['--file', folder],
    ['--file', join(agents.folder, 'nowhere')],
    ['text', '--file', join(agents.folder, 'empty.txt')],
  ]) {
    const { code, lines } = await sending(taker, ...words);
    expect([code, lines]).toMatchObject([exitCodes.usage, [{ status: 'failed', error: { code: 'invalid_input' } }]]);
  }
});

test('who accepts no files leaves one that waits; it goes on when the command is run again', async () => {
  const path = join(agents.folder, 'later.txt');
  await writeFile(path, 'later');
  const waiting = await sending('host_agent_001', '--file', path, '--timeout', '5');
  expect([waiting.code, waiting.lines]).toMatchObject([
    exitCodes.unreachable,
    [{ status: 'failed', error: { code: 'timed_out' } }],
  ]);
  await expect.poll(() => agents.hosting.files.shown().length, patience).toBe(1);
  const [{ id = '' } = {}] = agents.hosting.files.shown();
  await agents.hosting.files.accept(id);
  expect(await sending('host_agent_001', '--file', path)).toMatchObject({
    code: exitCodes.done,
    lines: [{ status: 'whole', id }],
  });
  expect(await (await agents.hosting.files.open(id)).text()).toBe('later');
});

test('sizes and progress are words for people', () => {
  expect([0, 1023, 1024, 1_500_000, 123_456_789].map(sizeWords)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.4 MiB',
    '118 MiB',
  ]);
  const file = { name: 'a\u202e.png', size: 2048, moved: 1024, rate: 512, status: 'moving' } as const;
  const view = { ...file, id: '', peerId: '', direction: 'outgoing', mediaType: '', at: 0 } as const;
  expect(progressWords(view)).toBe('a\\u202e.png: 50% of 2.0 KiB, 512 B/s, 2 s left');
  expect(progressWords({ ...view, status: 'paused', moved: 0, rate: 0 })).toBe('a\\u202e.png: 0% of 2.0 KiB, paused');
});
