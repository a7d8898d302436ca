import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerChallenge, makeRegistrant, type Registrant, registration } from '../../controller/testing/registrant.ts';
import { agentRows, madeToken, serverStatus, tokenRows } from '../../http/operator-answers.ts';
import { postJson, RawConnection } from '../testing/raw-agent.ts';
import { operatorToken, startTestServer, type TestServer } from '../testing/server.ts';

const stranger = 'https://pages.example';
let server: TestServer;
let keys: Registrant;
beforeAll(async () => {
  server = await startTestServer(['--registration', 'token', '--allow-origin', stranger]);
  keys = await makeRegistrant('any_agent_001', server.url);
});
afterAll(() => server.end());

const bearer = { authorization: `Bearer ${operatorToken}` };
const operator = async (path: string, method = 'GET', body?: object) =>
  fetch(`${server.url}/operator/${path}`, {
    method,
    headers: bearer,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const agents = async (search = '') => v.parse(agentRows, await (await operator(`agents${search}`)).json());
const make = async (body: object) => v.parse(madeToken, await (await operator('tokens', 'POST', body)).json());

/** Begins to register a name with the keys of this test; the answer. */
async function begin(agentId: string, token?: string): Promise<Response> {
  const who = { ...keys, agentId, address: `${server.url}/agents/${agentId}` };
  const body = await registration(who, { controller: server.url, timestamp: Math.floor(Date.now() / 1_000) });
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return postJson(`${server.url}/controller/register`, body, headers);
}

async function register(agentId: string, token: string): Promise<number> {
  const begun = await begin(agentId, token);
  if (begun.status !== 201) return begun.status;
  const started = await begun.json();
  const confirm = `${server.url}/controller/register/${started.registration_id}/confirm`;
  const answer = { challenge_response: await answerChallenge(keys, started, server.url) };
  return (await postJson(confirm, answer)).status;
}

describe('the operator’s calls', () => {
  test('need the operator’s token, and say so in the log', async () => {
    for (const path of ['status', 'agents', 'tokens', 'anything']) {
      for (const headers of [new Headers(), new Headers({ authorization: 'Bearer wrong-token-of-nobody' })]) {
        expect((await fetch(`${server.url}/operator/${path}`, { headers })).status).toBe(401);
      }
    }
    expect(server.log.join('\n')).toMatch(/warn proof_refused .*"call":"operator","code":"not_authorized"/);
    expect((await operator('anything')).status).toBe(404);
  });

  test('are no other page’s to make, also of one that may call the rest', async () => {
    const headers = { ...bearer, origin: stranger };
    const allowed = await fetch(`${server.url}/controller/agents`, { headers });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(stranger);
    for (const [method, more] of [
      ['GET', {}],
      ['OPTIONS', { 'access-control-request-method': 'GET' }],
    ] as const) {
      const answer = await fetch(`${server.url}/operator/status`, { method, headers: { ...headers, ...more } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
    const own = await fetch(`${server.url}/operator/status`, { headers: { ...bearer, origin: server.url } });
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect(own.headers.get('cache-control')).toBe('no-store');
  });

  test('say how the server is', async () => {
    const status = v.parse(serverStatus, await (await operator('status')).json());
    expect(status).toMatchObject({ registration: 'token', store: { kind: 'sqlite' }, url: server.url });
    expect(status.revocation_list?.number).toBeGreaterThanOrEqual(1);
    expect(status.store.bytes).toBeGreaterThan(0);
    expect(status.ca?.fingerprint).toMatch(/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/);
    expect(status.limits.map(({ name }) => name)).toContain('relay_memory');
  });
});

describe('a registration token', () => {
  test('counts at once, as often as it says, and one agent that tries again is one', async () => {
    const { token, id } = await make({ name: 'twice', uses: 2 });
    expect((await begin('stranger_agent_001')).status).toBe(401);
    expect((await begin('twice_agent_001', token)).status).toBe(201);
    expect(await register('twice_agent_001', token)).toBe(201);
    expect(await register('twice_agent_002', token)).toBe(201);
    expect(await register('twice_agent_003', token)).toBe(401);
    const { tokens } = v.parse(tokenRows, await (await operator('tokens')).json());
    expect(tokens.find((row) => row.id === id)).toMatchObject({ name: 'twice', used: 2, uses: 2, usable: false });
  });

  test('ends when it is revoked, and a rotated one by its former secret', async () => {
    const { token } = await make({ name: 'rotating' });
    const rotated = v.parse(madeToken, await (await operator('tokens/rotating/rotate', 'POST', {})).json());
    expect((await begin('rotated_agent_001', token)).status).toBe(401);
    expect((await begin('rotated_agent_001', rotated.token)).status).toBe(201);
    expect((await operator('tokens/rotating', 'DELETE')).status).toBe(200);
    expect((await begin('rotated_agent_002', rotated.token)).status).toBe(401);
    expect((await operator('tokens/rotating', 'DELETE')).status).toBe(404);
  });

  test('is stored only as a hash, and is in no log', async () => {
    const { token } = await make({ name: 'secret', expires_in: 3_600 });
    const files = await Promise.all(
      ['controller.db', 'controller.db-wal'].map((name) => readFile(join(server.data, name), 'latin1')),
    );
    expect(files.join('')).toContain('"name":"secret"');
    expect(files.join('') + server.log.join('') + (await (await operator('tokens')).text())).not.toContain(token);
    expect(server.log.join('\n')).toMatch(/info token_made .*"name":"secret"/);
  });

  test.each([
    [{ name: '' }],
    [{ name: 'a\u0007' }],
    [{ name: 'twice' }],
    [{ name: 'x', uses: 0 }],
    [{ name: 'x', uses: 1.5 }],
    [{ name: 'x', expires_in: -1 }],
    [{ name: 'x', other: 1 }],
  ])('is not made of %j', async (wish) => {
    expect((await operator('tokens', 'POST', wish)).status).toBe(400);
  });
});

describe('agents', () => {
  test('are listed a page at a time, by name and state, with their key and when they were seen last', async () => {
    const { token } = await make({ name: 'seen' });
    for (const number of [1, 2, 3]) expect(await register(`seen_agent_00${number}`, token)).toBe(201);
    const line = new RawConnection(server.url);
    await line.prove(keys, 'seen_agent_002', server.url);
    await line.frame('welcome');
    expect((await agents('?state=online')).agents).toMatchObject([{ agent_id: 'seen_agent_002', online: true }]);
    const first = await agents('?filter=seen_&limit=2');
    expect(first.agents.map(({ agent_id }) => agent_id)).toEqual(['seen_agent_001', 'seen_agent_002']);
    const rest = await agents(`?filter=seen_&limit=2&after=${first.next}`);
    expect([rest.agents.map(({ agent_id }) => agent_id), rest.next]).toEqual([['seen_agent_003'], undefined]);
    expect(rest.agents[0]).toMatchObject({ last_seen: null, status: 'active', reason: null });
    expect(rest.agents[0]?.certificate_end).toBeGreaterThan(Date.now() / 1_000);
    const before = Math.floor(Date.now() / 1_000);
    line.socket.close();
    await line.closed;
    await expect.poll(async () => (await agents('?filter=seen_agent_002')).agents[0]?.online).toBe(false);
    await expect
      .poll(async () => (await agents('?filter=seen_agent_002')).agents[0]?.last_seen)
      .toBeGreaterThanOrEqual(before);
    expect((await operator('agents?state=gone')).status).toBe(400);
  });

  test('that are revoked are listed so', async () => {
    const body = { agent_id: 'seen_agent_001', reason: 'keyCompromise', timestamp: 1 };
    expect((await postJson(`${server.url}/controller/revoke`, body, bearer)).status).toBe(200);
    const { agents: rows } = await agents('?state=revoked');
    expect(rows).toMatchObject([{ agent_id: 'seen_agent_001', status: 'revoked', reason: 'keyCompromise' }]);
  });

  test('were seen, tokens count, and uses are used up after a restart too', async () => {
    await server.close();
    const { data } = server;
    server = await startTestServer(['--registration', 'token'], {}, data);
    expect((await agents('?filter=seen_agent_002')).agents[0]?.last_seen).toBeGreaterThan(0);
    const { tokens } = v.parse(tokenRows, await (await operator('tokens')).json());
    expect(tokens.map(({ name, used }) => [name, used])).toEqual([
      ['twice', 2],
      ['secret', 0],
      ['seen', 3],
    ]);
  });
});

test('an address that shows many wrong tokens has to wait, and is logged', async () => {
  const guess = () =>
    fetch(`${server.url}/operator/status`, { headers: { authorization: 'Bearer not-the-operators-token' } });
  for (let times = 0; times < 20; times += 1) expect((await guess()).status).toBe(401);
  const refused = await guess();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  expect(server.log.join('\n')).toContain('"limit":"wrong_operator_tokens"');
  expect((await operator('status')).status, 'the operator, from the same address').toBe(200);
});
