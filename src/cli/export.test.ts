import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../library/node.ts';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { exitCodes } from './exit-codes.ts';
import { runParley } from './testing/run.ts';

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
    (await runParley('send', 'helper', JSON.stringify(text), '--method', 'echo', ...agentFlags(sender))).code;
  expect(await send('to be shown')).toBe(exitCodes.done);
  expect(await send('to stay secret')).toBe(exitCodes.done);
  await helper.close();
  await writeFile(file('passphrase'), `${passphrase}\n`);
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

async function said(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { code, out, err } = await runParley(...args);
  return { code, text: out + err };
}

test('an audit trail is exported for its owner alone, with the message that is disclosed and no other, and verifies', async () => {
  expect(await said('export', 'audit', file('plain.json'), ...agentFlags(sender))).toMatchObject({
    code: exitCodes.done,
    text: expect.stringContaining('No message is disclosed.'),
  });
  expect((await stat(file('plain.json'))).mode & 0o777).toBe(0o600);
  const { entries } = JSON.parse(await readFile(file('plain.json'), 'utf8'));
  const first = entries.findIndex(({ entry }: { entry: { kind: string } }) => entry.kind === 'message');
  const disclosing = ['audit', file('shown.json'), '--disclose', String(first), ...agentFlags(sender)];
  expect((await said('export', ...disclosing)).code).toBe(exitCodes.done);
  const verified = await said('verify', file('shown.json'));
  expect(verified.code).toBe(exitCodes.done);
  expect(verified.text).toContain('to be shown');
  expect(await readFile(file('shown.json'), 'utf8')).not.toContain('to stay secret');
});

test('a history is exported under a passphrase, and opens in another agent', async () => {
  const exporting = ['history', file('history.age'), '--export-passphrase-file', file('passphrase')];
  expect((await said('export', ...exporting, ...agentFlags(sender))).code).toBe(exitCodes.done);
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
  expect(await said('export', 'audit', file('mine.json'), ...agentFlags(sender))).toMatchObject({
    code: exitCodes.usage,
    text: expect.stringContaining('nothing is overwritten'),
  });
  expect(await readFile(file('mine.json'), 'utf8')).toBe('mine');
  const nobody = await said('export', 'audit', file('nobody.json'), ...agentFlags('nobody_agent_001'));
  expect(nobody).toMatchObject({ code: exitCodes.usage, text: expect.stringContaining('No agent has its keys in') });
  expect(await (await fetch(`${server.url}/controller/agents/nobody_agent_001`)).json()).toMatchObject({
    code: 'unknown_agent',
  });
  for (const [args, words] of [
    [['keys', file('keys.json')], 'Name what to export, and a file'],
    [['audit'], 'Name what to export, and a file'],
    [['history', file('bare.age')], 'Give a passphrase'],
    [['audit', file('odd.json'), '--disclose', 'all'], '--disclose'],
    [['audit', file('far.json'), '--disclose', '99999'], '99999'],
    [['audit', file('no/such/folder.json')], 'Nothing was exported'],
  ] as const) {
    const answer = await said('export', ...args, ...agentFlags(sender));
    expect(answer.text).toContain(words);
    expect(answer.code).not.toBe(exitCodes.done);
  }
});
