import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Agent } from '../library/node.ts';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { exitCodes } from './exit-codes.ts';
import { runParley } from './testing/run.ts';

/** What comes over real HTTP and disks is there soon; the bound is for a loaded machine. */
const patience = { timeout: 120_000, interval: 50 };

let server: TestServer;
let folder: string;
let helper: Agent;
let guide: Agent;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'parley-groups-'));
  [helper, guide] = await Promise.all([open('helper_agent_001'), open('guide_agent_001')]);
}, 240_000);
afterAll(async () => {
  await Promise.all([helper, guide].map((agent) => agent?.close()));
  await server?.end();
  await rm(folder, { recursive: true });
});

function open(id: string): Promise<Agent> {
  const methods = { price: ({ of }: { of: string }) => ({ coins: of.length, by: id }) };
  return Agent.open({ id, server: server.url, folder: join(folder, id), methods });
}

const flags = () => ['--controller', server.url, '--data', folder];

/** Runs `parley` in this process; gives its exit code, and what it printed as JSON. */
async function parley(...args: readonly string[]) {
  const { code, out, err } = await runParley(...args, ...flags());
  const lines: unknown[] =
    out === ''
      ? []
      : out
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
  return { code, lines, err };
}

async function joins(agent: Agent, groupId: string): Promise<void> {
  await vi.waitUntil(async () => (await agent.groups.invitations()).some((one) => one.groupId === groupId), patience);
  await agent.groups.accept(groupId);
}

/** Makes a group with both others in it; returns its id. */
async function group(name: string): Promise<string> {
  // Who was opened just now leaves what it is invited by within seconds.
  await vi.waitFor(async () => {
    const made = await parley('group', 'create', name, 'helper', 'guide');
    expect(made).toMatchObject({ code: exitCodes.done, lines: [{ name, status: 'member', admin: true, epoch: 1 }] });
  }, patience);
  const groups = (await parley('group', 'list')).lines;
  const found = groups.find((one) => typeof one === 'object' && one !== null && 'name' in one && one.name === name);
  expect.assert(typeof found === 'object' && found !== null && 'group' in found && typeof found.group === 'string');
  await Promise.all([joins(helper, found.group), joins(guide, found.group)]);
  return found.group;
}

test('each command does one thing in a group, prints it as JSON and ends', { timeout: 600_000 }, async () => {
  const heard: unknown[] = [];
  helper.groups.onMessage(({ content, attachment }) => heard.push([content, attachment?.name]));
  expect(await parley('group', 'list')).toMatchObject({ code: exitCodes.done, lines: [] });
  const groupId = await group('Harbour');
  expect(await parley('group', 'send', 'Harb', 'Ships', 'at noon')).toMatchObject({
    code: exitCodes.done,
    lines: [{ status: 'stored', group: groupId, message_id: expect.stringMatching(/^[0-9a-f]{32}$/) }],
  });
  const chart = join(folder, 'chart.txt');
  await writeFile(chart, 'Here are dragons.');
  expect(await parley('group', 'send', groupId.slice(0, 6), 'See', '--file', chart)).toMatchObject({ code: 0 });
  await vi.waitUntil(() => heard.length === 2, patience);
  expect(heard).toEqual([
    ['Ships at noon', undefined],
    [{ text: 'See', file: { name: 'chart.txt' } }, 'chart.txt'],
  ]);

  const priced = await parley('group', 'ask', 'Harbour', '{"of": "salt"}', '--method', 'price');
  expect(priced.code).toBe(exitCodes.done);
  expect(priced.lines).toHaveLength(2);
  expect(priced.lines).toEqual(
    expect.arrayContaining([
      { status: 'success', from: 'guide_agent_001', result: { coins: 4, by: 'guide_agent_001' } },
      { status: 'success', from: 'helper_agent_001', result: { coins: 4, by: 'helper_agent_001' } },
    ]),
  );
  expect(await parley('group', 'ask', 'Harbour', '1', '--method', 'no_such', '--to', 'guide_1')).toMatchObject({
    code: exitCodes.answeredWithError,
    lines: [{ status: 'error', from: 'guide_agent_001', error: { code: 'unknown_method' } }],
  });
  expect(await parley('group', 'members', 'Harbour')).toMatchObject({
    code: exitCodes.done,
    lines: [
      { agent_id: 'cli_agent_001', admin: true, trust: 'trusted' },
      { agent_id: 'helper_agent_001', admin: false, verification: 'unverified', since_epoch: 1 },
      { agent_id: 'guide_agent_001', admin: false },
    ],
  });
  const read = await parley('group', 'read', 'Harbour');
  expect(read.lines).toMatchObject([
    { kind: 'message', from: 'cli_agent_001', content: 'Ships at noon' },
    { kind: 'message', attachment: { name: 'chart.txt', size: 17 } },
    { kind: 'request', method: 'price', awaiting: [] },
    { kind: 'request', method: 'no_such' },
  ]);
  expect((await parley('group', 'rename', 'Harbour', 'Old Quay')).lines).toMatchObject([{ name: 'Old Quay' }]);
  expect(await parley('group', 'admins', 'Old', 'helper', 'cli')).toMatchObject({ code: exitCodes.done });
  expect(await parley('group', 'remove', 'Old', 'guide')).toMatchObject({
    code: exitCodes.done,
    lines: [{ members: ['cli_agent_001', 'helper_agent_001'] }],
  });
  expect((await parley('group', 'events', 'Old')).lines).toMatchObject([
    { kind: 'created', by: 'cli_agent_001' },
    { kind: 'added', by: 'cli_agent_001', epoch: 1 },
    { kind: 'renamed', name: 'Old Quay' },
    { kind: 'admins', admins: ['cli_agent_001', 'helper_agent_001'] },
    { kind: 'removed', who: ['guide_agent_001'] },
  ]);
  expect(await parley('group', 'leave', 'Old')).toMatchObject({
    code: exitCodes.done,
    lines: [{ status: 'leaving', group: groupId }],
  });
  const ofHelper = await helper.groups.open(groupId);
  await vi.waitUntil(() => ofHelper.members.length === 1, patience);
  expect(await parley('group', 'forget', 'Old')).toMatchObject({
    code: exitCodes.done,
    lines: [{ status: 'forgotten', group: groupId }],
  });
  expect(await parley('group', 'list')).toMatchObject({ lines: [] });

  for (const [name, act] of [
    ['Taken', 'accept'],
    ['Refused', 'decline'],
  ] as const) {
    const made = await helper.groups.create({ name, invite: ['cli_agent_001'] });
    expect((await parley('group', 'invitations')).lines).toMatchObject([
      { group: made.id, kind: 'group', name, inviter: 'helper_agent_001', inviter_verification: 'unverified' },
    ]);
    expect(await parley('group', act, name)).toMatchObject({ code: exitCodes.done, lines: [{ group: made.id, name }] });
    expect((await parley('group', 'invitations')).lines).toEqual([]);
  }
});

test('what cannot be done ends with its exit code and one line that says what to do', {
  timeout: 600_000,
}, async () => {
  await group('Quiet');
  for (let times = 0; times < 2; times += 1) await parley('group', 'create', 'Twin');
  const large = join(folder, 'large.bin');
  await writeFile(large, new Uint8Array(1_048_577));
  const { usage, unreachable, refused } = exitCodes;
  const wrong: readonly (readonly [args: string, code: number, error: string, words: string])[] = [
    ['lst', usage, 'invalid_input', 'list'],
    ['create', usage, 'invalid_input', 'Name the group: parley group create "Harbour" helper.'],
    ['create Away nobody', unreachable, 'unknown_agent', 'Nothing was changed. Give its agent_id'],
    [`create ${'x'.repeat(101)}`, usage, 'invalid_input', '1 to 100 characters'],
    ['invite Quiet', usage, 'invalid_input', 'Name a group and an agent'],
    ['invite Nope helper', refused, 'unknown_group', 'no group called “Nope”. parley group list shows them.'],
    ['remove Quiet nobody', usage, 'invalid_input', '“Quiet” has no member called “nobody”. Nothing was changed.'],
    ['remove Quiet cli', usage, 'invalid_input', 'it leaves'],
    [
      'send Twin x',
      usage,
      'invalid_input',
      'any of 2 groups. Give the beginning of its id: parley group list shows it.',
    ],
    [`send Quiet x --file ${large}`, usage, 'invalid_input', '--file'],
    ['send Quiet x --file /nowhere/chart', usage, 'invalid_input', '--file is /nowhere/chart'],
    ['ask Quiet {a --method price', usage, 'invalid_input', 'With --method, what is sent is JSON.'],
    ['ask Quiet x --to nobody', usage, 'invalid_input', 'no member called “nobody”'],
    ['ask Quiet x --timeout 0', usage, 'invalid_input', '--timeout is 0'],
    ['ask Quiet x --expires 2592001', usage, 'invalid_input', '--expires is 2592001'],
    ['forget Quiet', refused, 'not_permitted', 'Leave it first. Nothing was deleted.'],
    ['accept Nope', refused, 'unknown_group', 'parley group invitations shows them.'],
    ['send Quiet x --colour', usage, 'invalid_input', '--colour'],
  ];
  for (const [args, code, error, words] of wrong) {
    const { out, err, code: ended } = await runParley('group', ...args.split(' '), ...flags());
    const detail = expect.stringContaining(words);
    if (out === '') expect([args, ended, err]).toEqual([args, code, detail]);
    else
      expect([args, ended, JSON.parse(out)]).toEqual([
        args,
        code,
        { status: 'failed', error: { code: error, detail } },
      ]);
  }
  const lone = await runParley('send', 'helper', 'x', '--expires', '5', ...flags());
  expect([lone.code, lone.out]).toEqual([usage, expect.stringContaining('--expires is for a request with --store')]);
});

test('who is away is named; Ctrl-C ends the waiting, and the answer comes later', { timeout: 600_000 }, async () => {
  const groupId = await group('Waiting');
  await guide.close();
  const asked = ['group', 'ask', 'Waiting', '{"of": "silk"}', '--method', 'price'];
  const waited = await parley(...asked, '--timeout', '30');
  expect(waited).toMatchObject({
    code: exitCodes.unreachable,
    lines: [
      { status: 'success', from: 'helper_agent_001' },
      { status: 'waiting', group: groupId, awaiting: ['guide_agent_001'] },
    ],
  });
  const program = spawn(process.execPath, ['src/cli/main.ts', ...asked, '--timeout', '600', ...flags()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => program.once('exit', (code, signal) => resolve(signal ?? code)));
  await new Promise((resolve) => program.stdout.once('data', resolve));
  program.kill('SIGINT');
  expect(await ended).toBe('SIGINT');

  const stored = await parley('send', 'guide_agent_001', '{"of": "tea"}', '--method', 'price', '--store');
  expect(stored).toMatchObject({
    code: exitCodes.done,
    lines: [{ status: 'stored', peer: 'guide_agent_001', until: expect.stringMatching(/^20\S+Z$/) }],
  });
  guide = await open('guide_agent_001');
  await guide.groups.catchUp();
  for (const { groupId: left } of await guide.groups.invitations()) await guide.groups.accept(left);
  await vi.waitFor(async () => {
    const { lines } = await parley('group', 'read', 'Waiting');
    expect(lines).toMatchObject([
      { kind: 'request', awaiting: [] },
      { kind: 'request', awaiting: [] },
    ]);
  }, patience);
});

test.each([
  ['create', '<NAME> [AGENT...]'],
  ['ask', '<GROUP> <TEXT...>'],
  ['accept', '<INVITATION>'],
])('explains %s', async (name, words) => {
  const { code, out } = await runParley('group', name, '--help');
  expect(code).toBe(exitCodes.done);
  expect(out).toContain(`Usage: parley group ${name} [flags] ${words}\n`);
  expect(out).toMatch(/^Exit codes:\n {2}0 /m);
});

test('lists its commands', async () => {
  const { out } = await runParley('group', '--help');
  for (const name of ['create', 'invite', 'send', 'ask', 'decline']) expect(out).toContain(`  ${name}`);
});
