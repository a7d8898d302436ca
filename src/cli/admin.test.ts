import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerRaw } from '../server/testing/raw-agent.ts';
import { operatorToken, startTestServer, type TestServer } from '../server/testing/server.ts';
import { exitCodes } from './exit-codes.ts';
import { runCommandLine } from './run-command-line.ts';
import { runParley } from './testing/run.ts';

let server: TestServer;
let folder = '';
let tokenFile = '';
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'parley-admin-'));
  tokenFile = join(folder, 'token');
  await writeFile(tokenFile, `${operatorToken}\n`);
  await registerRaw(server.url, 'helper_agent_001');
  await registerRaw(server.url, 'other_agent_001');
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

const ask = (...words: readonly string[]) =>
  runParley('admin', ...words, '--controller', server.url, '--token-file', tokenFile);

describe('parley admin', () => {
  test('shows how the server is', async () => {
    const { code, out, err } = await ask('status');
    expect([code, err]).toEqual([exitCodes.done, '']);
    expect(out).toMatch(/Agents: 2 registered, 0 connected here. Registration: open./);
    expect(out).toMatch(/Revocation list: number \d+, signed .* ago/);
    expect(JSON.parse((await ask('status', '--json')).out)).toMatchObject({ agents: { registered: 2 } });
  });

  test('lists agents with pages and a filter', async () => {
    const { out } = await ask('agents', '--limit', '1');
    expect(out).toMatch(/^AGENT +STATE +LAST SEEN +CERTIFICATE END +KEY\nhelper_agent_001 +offline +never +20/);
    expect(out).toContain('There may be more: --after helper_agent_001');
    const { agents } = JSON.parse((await ask('agents', '--filter', 'other', '--json')).out);
    expect(agents).toMatchObject([{ agent_id: 'other_agent_001', online: false }]);
    const wrong = await ask('agents', '--state', 'lost');
    expect([wrong.code, wrong.err]).toEqual([exitCodes.usage, expect.stringContaining('state is one of')]);
  });

  test('revokes only when it was told so', async () => {
    const unsure = await ask('revoke', 'other_agent_001');
    expect([unsure.code, unsure.err]).toEqual([exitCodes.usage, expect.stringContaining('Give --yes')]);
    expect(await typed('no', 'other_agent_001')).toEqual([
      exitCodes.usage,
      expect.stringContaining('Nothing was revoked.'),
    ]);
    expect(JSON.parse((await ask('agents', '--state', 'revoked', '--json')).out).agents).toEqual([]);
    expect(await typed('yes', 'other_agent_001')).toEqual([exitCodes.done, expect.stringContaining('is revoked')]);
    const again = await ask('revoke', 'other_agent_001', '--yes', '--reason', 'keyCompromise');
    expect(again.code).toBe(exitCodes.done);
    expect((await ask('revoke', 'nobody_agent_001', '--yes')).code).toBe(exitCodes.unreachable);
    expect((await ask('revoke', 'helper_agent_001', '--yes', '--reason', 'superseded')).code).toBe(exitCodes.usage);
  });

  test('makes, lists, rotates and revokes tokens, and shows each secret once', async () => {
    const made = await ask('tokens', 'make', 'workshop', '--expires', '12h', '--uses', '30');
    expect([made.code, made.err]).toEqual([exitCodes.done, '']);
    const [secret = ''] = /^prt_\w+$/m.exec(made.out) ?? [];
    expect(secret).not.toBe('');
    const listed = await ask('tokens', 'list');
    expect(listed.out).toMatch(/workshop +usable +0 of 30 +20/);
    expect(listed.out).not.toContain(secret);
    const rotated = await ask('tokens', 'rotate', 'workshop', '--json');
    expect(JSON.parse(rotated.out).token).not.toBe(secret);
    expect((await ask('tokens', 'revoke', 'workshop')).out).toContain('has ended');
    expect((await ask('tokens', 'revoke', 'workshop')).code).toBe(exitCodes.refused);
    expect((await ask('tokens', 'make', 'x', '--expires', 'tomorrow')).err).toContain('such as 90m');
  });

  test('names what is wrong with its token and its server', async () => {
    await writeFile(join(folder, 'wrong'), 'wrong-token-of-nobody');
    const refused = await runParley(
      'admin',
      'status',
      '--controller',
      server.url,
      '--token-file',
      join(folder, 'wrong'),
    );
    expect([refused.code, refused.err]).toEqual([exitCodes.refused, expect.stringContaining('--token-file')]);
    const none = await runParley('admin', 'status', '--controller', server.url, '--data', folder);
    expect([none.code, none.err]).toEqual([exitCodes.usage, expect.stringContaining('operator-token')]);
    const away = await runParley('admin', 'status', '--controller', 'http://localhost:9', '--token-file', tokenFile);
    expect([away.code, away.err]).toEqual([exitCodes.unreachable, expect.stringContaining('http://localhost:9')]);
    const open = await runParley('admin', 'status', '--controller', 'http://parley.example', '--token-file', tokenFile);
    expect([open.code, open.err]).toEqual([exitCodes.usage, expect.stringContaining('unencrypted')]);
  });
});

/** Answers the question of a revocation as a person at a terminal does. */
async function typed(answer: string, agentId: string): Promise<readonly [number, string]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = '';
  output.on('data', (chunk) => {
    said += String(chunk);
    if (said.endsWith('Type yes: ')) input.write(`${answer}\n`);
  });
  const args = ['admin', 'revoke', agentId, '--controller', server.url, '--token-file', tokenFile];
  const code = await runCommandLine(args, { input, output, isInteractive: true });
  return [code, said];
}
