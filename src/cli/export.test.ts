import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Agent } from '../library/node.ts';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { exitCodes } from './exit-codes.ts';
import { runExport } from './export.ts';
import { runSend } from './send.ts';
import { runVerify } from './verify.ts';

const passphrase = 'correct horse battery staple';
const sender = 'cli_agent_001';
let server: TestServer;
let folder: string;
const file = (name: string) => join(folder, name);
const agentFlags = (id: string) => ['--id', id, '--controller', server.url, '--data', file('agents')];

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'parley-export-'));
  const methods = { echo: (parameters: unknown) => ({ heard: JSON.stringify(parameters) }) };
  const helper = await Agent.open({ id: 'helper_agent_001', server: server.url, folder: file('helper'), methods });
  const send = async (text: string) =>
    runSend(['helper', JSON.stringify(text), '--method', 'echo', ...agentFlags(sender)], { write: () => undefined });
  expect(await send('to be shown')).toBe(exitCodes.done);
  expect(await send('to stay secret')).toBe(exitCodes.done);
  await helper.close();
  await writeFile(file('passphrase'), `${passphrase}\n`);
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

async function said(
  run: (args: readonly string[], out: { write(text: string): unknown }) => Promise<number>,
  ...args: string[]
): Promise<{ readonly code: number; readonly text: string }> {
  const write = vi.fn<(text: string | Uint8Array) => boolean>(() => true);
  const complaints = vi.spyOn(process.stderr, 'write').mockImplementation(write);
  try {
    const code = await run(args, { write });
    return { code, text: write.mock.calls.map(([text]) => text).join('') };
  } finally {
    complaints.mockRestore();
  }
}

test('an audit trail is exported for its owner alone, with the message that is disclosed and no other, and verifies', async () => {
  expect(await said(runExport, 'audit', file('plain.json'), ...agentFlags(sender))).toMatchObject({
    code: exitCodes.done,
    text: expect.stringContaining('No message is disclosed.'),
  });
  expect((await stat(file('plain.json'))).mode & 0o777).toBe(0o600);
  const { entries } = JSON.parse(await readFile(file('plain.json'), 'utf8'));
  const first = entries.findIndex(({ entry }: { entry: { kind: string } }) => entry.kind === 'message');
  const disclosing = ['audit', file('shown.json'), '--disclose', String(first), ...agentFlags(sender)];
  expect((await said(runExport, ...disclosing)).code).toBe(exitCodes.done);
  const verified = await said(runVerify, file('shown.json'));
  expect(verified.code).toBe(exitCodes.done);
  expect(verified.text).toContain('to be shown');
  expect(await readFile(file('shown.json'), 'utf8')).not.toContain('to stay secret');
});

test('a history is exported under a passphrase, and opens in another agent', async () => {
  const exporting = ['history', file('history.age'), '--export-passphrase-file', file('passphrase')];
  expect((await said(runExport, ...exporting, ...agentFlags(sender))).code).toBe(exitCodes.done);
  const reader = await Agent.open({
    id: 'reader_agent_001',
    server: server.url,
    folder: file('reader'),
    reachable: false,
  });
  const { archiveId } = await reader.importHistory(new Uint8Array(await readFile(file('history.age'))), passphrase);
  const { exchanges } = await reader.archivePage(archiveId, 'helper_agent_001');
  expect(exchanges.map(({ parameters }) => parameters)).toEqual(['to be shown', 'to stay secret']);
  await reader.close();
});

test('nothing is overwritten, no agent is made, and what is missing is said', async () => {
  await writeFile(file('mine.json'), 'mine');
  expect(await said(runExport, 'audit', file('mine.json'), ...agentFlags(sender))).toMatchObject({
    code: exitCodes.usage,
    text: expect.stringContaining('nothing is overwritten'),
  });
  expect(await readFile(file('mine.json'), 'utf8')).toBe('mine');
  const nobody = await said(runExport, 'audit', file('nobody.json'), ...agentFlags('nobody_agent_001'));
  expect(nobody).toMatchObject({ code: exitCodes.usage, text: expect.stringContaining('No agent has its keys in') });
  expect(await (await fetch(`${server.url}/controller/agents/nobody_agent_001`)).json()).toMatchObject({
    code: 'unknown_agent',
  });
  for (const [args, words] of [
    [['keys', file('keys.json')], 'Say what, and into which file'],
    [['audit'], 'Say what, and into which file'],
    [['history', file('bare.age')], 'Say under which passphrase'],
    [['audit', file('odd.json'), '--disclose', 'all'], '--disclose'],
    [['audit', file('far.json'), '--disclose', '99999'], '99999'],
    [['audit', file('no/such/folder.json')], 'Nothing was exported'],
  ] as const) {
    const answer = await said(runExport, ...args, ...agentFlags(sender));
    expect(answer.text).toContain(words);
    expect(answer.code).not.toBe(exitCodes.done);
  }
});
