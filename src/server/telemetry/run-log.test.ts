import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerChallenge, makeRegistrant, registration } from '../../controller/testing/registrant.ts';
import { Agent } from '../../library/node.ts';
import { readServerOptions } from '../options/options.ts';
import { type RunningServer, startServer } from '../server.ts';
import { flagsIn } from '../testing/flags.ts';
import { postJson, RawConnection, registerRaw } from '../testing/raw-agent.ts';
import { streamLog } from './log.ts';

const tokens = {
  PARLEY_OPERATOR_TOKEN: 'operator-token-of-the-run',
  PARLEY_REGISTRATION_TOKENS: 'welcome-to-the-run-01',
};
const spoken = 'The plaintext of the question.';

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-log-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true }));

function start(...flags: readonly string[]): Promise<RunningServer> {
  const options = readServerOptions({ port: '0', data: join(folder, 'data'), ...flagsIn(flags) }, tokens);
  return startServer(options, streamLog({ write: (text) => lines.push(text) }, options.log));
}

const events = (name: string): Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line)).filter(({ event }) => event === name);

test('a whole run is in the log, and nothing in it is secret or was said', async () => {
  const server = await start('--registration', 'token', '--log-level', 'debug', '--log-requests');
  const bodies: string[] = [];
  const open = async (id: string) =>
    Agent.open({
      id,
      folder: join(folder, id),
      server: server.url,
      registrationToken: tokens.PARLEY_REGISTRATION_TOKENS,
      methods: { ask: (parameters) => ({ heard: parameters }) },
    });
  const [alice, helper] = [await open('alice_agent_001'), await open('helper_agent_001')];
  expect(await alice.send('helper_agent_001', 'ask', spoken)).toEqual({ heard: spoken });
  await fetch(`${server.url}/controller/agents?after=alice_agent_001&limit=7`);

  const registrant = await makeRegistrant('mallory_agent_001', `${server.url}/agents/mallory_agent_001`);
  const signing = { controller: server.url, timestamp: Math.floor(Date.now() / 1_000) };
  const statement = await registration(registrant, signing);
  bodies.push(statement.signature, statement.csr, statement.encryption_key);
  const register = (body: unknown, token: string) =>
    postJson(`${server.url}/controller/register`, body, { authorization: `Bearer ${token}` });
  const forged = { ...statement, signature: statement.csr.slice(0, 344) };
  expect((await register(forged, tokens.PARLEY_REGISTRATION_TOKENS)).status).toBeGreaterThanOrEqual(400);
  expect((await register(statement, 'the-wrong-token-of-mallory')).status).toBe(401);
  const begun = await (await register(statement, tokens.PARLEY_REGISTRATION_TOKENS)).json();
  bodies.push(begun.challenge);
  const challenge_response = await answerChallenge(registrant, begun, `${server.url}/wrong`);
  bodies.push(challenge_response);
  const confirm = `${server.url}/controller/register/${begun.registration_id}/confirm`;
  expect(await (await postJson(confirm, { challenge_response })).json()).toMatchObject({ code: 'challenge_failed' });
  const line = new RawConnection(server.url);
  await line.prove(registrant, 'helper_agent_001', server.url);
  await line.closed;

  const timestamp = Math.floor(Date.now() / 1_000);
  const revoke = (token: string) =>
    postJson(
      `${server.url}/controller/revoke`,
      { agent_id: 'helper_agent_001', reason: 'a reason\nthat nobody logs', timestamp },
      { authorization: `Bearer ${token}` },
    );
  expect((await revoke('not-the-operators-token')).status).toBe(401);
  expect((await revoke(tokens.PARLEY_OPERATOR_TOKEN)).status).toBe(200);
  await Promise.all([alice.close(), helper.close()]);
  await server.close();

  const [starting] = events('starting');
  expect(starting).toMatchObject({ registration: 'token', operator_token: 'environment', log_requests: true });
  expect(starting).toHaveProperty('version');
  expect(events('agent_registered').map(({ agent_id }) => agent_id)).toEqual(['alice_agent_001', 'helper_agent_001']);
  const [registered] = events('agent_registered');
  expect(registered).toMatchObject({ level: 'info', key: expect.stringMatching(/^[0-9a-f]{32}$/) });
  const key = begun.registration_id.slice(0, 32);
  const refusals = events('proof_refused').map(({ call, code, agent_id, key: of }) => ({ call, code, agent_id, of }));
  expect(refusals).toEqual([
    { call: 'register', code: 'signature_invalid', agent_id: 'mallory_agent_001', of: key },
    { call: 'register', code: 'not_authorized', agent_id: 'mallory_agent_001', of: key },
    { call: 'confirm', code: 'challenge_failed', agent_id: undefined, of: key },
    { call: 'connect', code: 'signature_invalid', agent_id: 'helper_agent_001', of: undefined },
    { call: 'revoke', code: 'not_authorized', agent_id: 'helper_agent_001', of: undefined },
  ]);
  expect(events('agent_revoked')).toMatchObject([
    { agent_id: 'helper_agent_001', by: 'operator', reason: 'privilegeWithdrawn' },
  ]);
  expect(events('list_signed').length).toBeGreaterThanOrEqual(2);
  expect(events('agent_connected').map(({ agent_id }) => agent_id)).toContain('alice_agent_001');
  const requests = events('request');
  expect(requests).toContainEqual(
    expect.objectContaining({ method: 'POST', route: '/agents/:id/agent/message', status: 200 }),
  );
  expect(requests).toContainEqual(expect.objectContaining({ route: '/controller/agents', status: 200 }));
  expect(requests).toContainEqual(expect.objectContaining({ route: '/relay/connect', status: 101 }));
  for (const request of requests) {
    const known = ['time', 'level', 'event', 'method', 'route', 'status', 'ms', 'bytes'];
    expect(Object.keys(request).filter((name) => !known.includes(name))).toEqual([]);
    expect(String(request.route)).not.toMatch(/agent_001|\?/);
  }
  expect(
    lines
      .map((text) => JSON.parse(text).event)
      .filter((event) => event !== 'request')
      .at(-1),
  ).toBe('closed');

  const all = lines.join('');
  const secrets = [...Object.values(tokens), 'the-wrong-token-of-mallory', 'not-the-operators-token', spoken];
  for (const secret of [...secrets, ...bodies, 'that nobody logs']) expect(all).not.toContain(secret);
  for (const name of await readdir(join(folder, 'data'))) {
    if (!name.endsWith('.pem')) continue;
    const pem = await readFile(join(folder, 'data', name), 'utf8');
    for (const row of pem.split('\n')) if (row.length > 32) expect(all).not.toContain(row);
  }
  // Nothing as long as a ciphertext, a signature, a key or a certificate.
  expect(all.match(/[\w+/=-]{65,}/g)).toBeNull();
});

test('who sends too much is in the log, a few times and then counted', async () => {
  const server = await start('--rate-limit', '1');
  let refused = 0;
  // How many are refused depends on how long they take: as many are sent as it needs, and all are counted.
  for (let rounds = 0; rounds < 100 && refused < 20; rounds += 1) {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => fetch(`${server.url}/controller/${at % 3 === 0 ? 'events' : 'ca'}`)),
    );
    refused += answers.filter(({ status }) => status === 429).length;
    for (const { body } of answers) await body?.cancel();
  }
  await server.close();
  const reached = events('limit_reached');
  expect(reached[0]).toMatchObject({
    level: 'warn',
    limit: 'requests_per_second',
    address: expect.stringMatching(/127|::1/),
  });
  expect(reached.slice(0, 6).map(({ repeated }) => repeated === undefined)).toEqual([
    ...Array.from({ length: 5 }, () => true),
    false,
  ]);
  expect(reached.reduce((sum, { repeated }) => sum + Number(repeated ?? 1), 0)).toBe(refused);
});

test('a limit of keys names the key that it refused', async () => {
  const server = await start('--names-per-key', '1');
  const keys = await registerRaw(server.url, 'first_agent_001');
  const second = await makeRegistrant('second_agent_001', `${server.url}/agents/second_agent_001`);
  const signing = { controller: server.url, timestamp: Math.floor(Date.now() / 1_000) };
  const body = await registration({ ...second, signing: keys.signing }, signing);
  expect(await (await postJson(`${server.url}/controller/register`, body)).json()).toMatchObject({
    code: 'not_permitted',
  });
  await server.close();
  const [registered] = events('agent_registered');
  expect(events('limit_reached')).toEqual([
    expect.objectContaining({ limit: 'names_per_key', key: registered?.key, agent_id: 'second_agent_001' }),
  ]);
});

test('a store that fails is in the log, with what the database says', async () => {
  const server = await start();
  const database = new DatabaseSync(join(folder, 'data', 'controller.db'));
  database.exec('DROP TABLE agents');
  database.close();
  expect((await fetch(`${server.url}/controller/agents/helper_agent_001`)).status).toBe(503);
  await server.close();
  expect(events('request_failed')).toMatchObject([
    { level: 'error', code: 'storage_failed', cause: expect.stringContaining('logic error') },
  ]);
});
