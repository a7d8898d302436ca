import { beforeAll, describe, expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import {
  DeliveryWorld,
  makeSigningKeys,
  newId,
  privateMessage,
  refusalOf,
  serverUrl,
  welcomeMessage,
} from './testing/delivery-world.ts';

const agent = 'agent_a';
let keys: CryptoKeyPair;
let others: CryptoKeyPair;
beforeAll(async () => {
  [keys, others] = await Promise.all([makeSigningKeys(), makeSigningKeys()]);
});
const newWorld = () => DeliveryWorld.create(keys, createMemoryDeliveryStore(), [agent, 'agent_b']);

const ask = (world: DeliveryWorld, token: string | undefined) =>
  world.app.fetch(
    new Request(
      `${serverUrl}/delivery/inbox`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    ),
  );

describe('POST /delivery/token', () => {
  test('gives a token of one hour for a signature', async () => {
    const world = await newWorld();
    const answer = await world.post('/token', await world.statement(agent));
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, expires_at } = await answer.json();
    expect(expires_at).toBe(world.now + 3_600);
    expect((await ask(world, token)).status).toBe(200);
    world.now += 3_599;
    expect((await ask(world, token)).status).toBe(200);
    world.now += 1;
    expect(await refusalOf(await ask(world, token))).toEqual([401, 'not_authorized']);
  });

  test('refuses what is signed for another server: wrong_recipient', async () => {
    const world = await newWorld();
    const statement = await world.statement(agent, { server: 'https://other.test' });
    expect(await refusalOf(await world.post('/token', statement))).toEqual([421, 'wrong_recipient']);
  });

  test.each([301, -301])('refuses a time %i s away: stale_timestamp', async (seconds) => {
    const world = await newWorld();
    const near = await world.statement(agent, { timestamp: world.now + Math.sign(seconds) * 300 });
    expect((await world.post('/token', near)).status).toBe(201);
    const far = await world.statement(agent, { timestamp: world.now + seconds });
    expect(await refusalOf(await world.post('/token', far))).toEqual([401, 'stale_timestamp']);
  });

  test('refuses the signature of another key, and over another statement: signature_invalid', async () => {
    const world = await newWorld();
    expect(await refusalOf(await world.post('/token', await world.statement(agent, {}, others)))).toEqual([
      401,
      'signature_invalid',
    ]);
    const moved = { ...(await world.statement(agent)), agent_id: 'agent_b' };
    expect(await refusalOf(await world.post('/token', moved))).toEqual([401, 'signature_invalid']);
  });

  test('takes each signature once, also when many come at once: replayed_nonce', async () => {
    const world = await newWorld();
    const statement = await world.statement(agent);
    const answers = await Promise.all([1, 2, 3].map(() => world.post('/token', statement)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await refusalOf(await world.post('/token', statement))).toEqual([409, 'replayed_nonce']);
  });

  test('gives none to an agent that nobody registered, and to a revoked one', async () => {
    const world = await newWorld();
    expect(await refusalOf(await world.post('/token', await world.statement('agent_c')))).toEqual([
      404,
      'unknown_agent',
    ]);
    world.revoke(agent);
    expect(await refusalOf(await world.post('/token', await world.statement(agent)))).toEqual([
      401,
      'certificate_revoked',
    ]);
  });

  test('refuses an unknown member: malformed_message', async () => {
    const world = await newWorld();
    const statement = { ...(await world.statement(agent)), more: 1 };
    expect(await refusalOf(await world.post('/token', statement))).toEqual([400, 'malformed_message']);
  });

  test('refuses a body over 16 KiB: message_too_large', async () => {
    const world = await newWorld();
    const statement = { ...(await world.statement(agent)), more: 'x'.repeat(16 * 1_024) };
    expect(await refusalOf(await world.post('/token', statement))).toEqual([413, 'message_too_large']);
  });
});

describe('a token', () => {
  test('of which there are 8 ends with the ninth, the oldest first', async () => {
    const world = await newWorld();
    const tokens: string[] = [];
    for (let i = 0; i < 9; i++) tokens.push(await world.token(agent));
    const statuses = await Promise.all(tokens.map(async (token) => (await ask(world, token)).status));
    expect(statuses).toEqual([401, ...new Array(8).fill(200)]);
  });

  test('ends with its agent’s revocation', async () => {
    const world = await newWorld();
    const token = await world.token(agent);
    world.revoke(agent);
    expect(await refusalOf(await ask(world, token))).toEqual([401, 'not_authorized']);
  });

  test('ends when it is given back', async () => {
    const world = await newWorld();
    const [token, other] = [await world.token(agent), await world.token(agent)];
    const revoked = await world.app.fetch(
      new Request(`${serverUrl}/delivery/token/revoke`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    expect([revoked.status, await revoked.json()]).toEqual([200, {}]);
    expect((await ask(world, token)).status).toBe(401);
    expect((await ask(world, other)).status).toBe(200);
  });

  test('ends the streams of notices that it opened, however it ends; HEAD opens none', async () => {
    const world = await newWorld();
    const call = (method: string, path: string, token: string) =>
      world.app.fetch(
        new Request(`${serverUrl}/delivery${path}`, { method, headers: { authorization: `Bearer ${token}` } }),
      );
    const tokens: string[] = [];
    for (let i = 0; i < 3; i++) tokens.push(await world.token(agent));
    const [oldest = '', returned = '', kept = ''] = tokens;
    for (let i = 0; i < 6; i++) {
      const head = await call('HEAD', '/events', kept);
      expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
        200,
        'text/event-stream',
        '',
      ]);
    }
    const streams = await Promise.all([oldest, returned, kept].map((token) => call('GET', '/events', token)));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    await call('POST', '/token/revoke', returned);
    expect(await streams[1]?.text()).toBe(': connected\n\n');
    for (let i = 0; i < 7; i++) await world.token(agent);
    expect(await streams[0]?.text()).toBe(': connected\n\n');
    expect(world.streams.has(agent)).toBe(true);
    world.streams.end(agent);
    expect(await streams[2]?.text()).toBe(': connected\n\n');
  });

  test('that is none, or another agent’s, is not_authorized', async () => {
    const world = await newWorld();
    const token = await world.token(agent);
    for (const wrong of [undefined, 'x', `agent_b.${token.split('.')[1]}`, token.toUpperCase(), `${token}0`]) {
      expect(await refusalOf(await ask(world, wrong))).toEqual([401, 'not_authorized']);
    }
  });

  test('is stored as its hash alone', async () => {
    const store = createMemoryDeliveryStore();
    const world = await DeliveryWorld.create(keys, store, [agent]);
    const token = await world.token(agent);
    expect(JSON.stringify(await store.agent(agent))).not.toContain(token.split('.')[1]);
  });

  test('of a new owner leaves nothing of the former one either when the store fails halfway', async () => {
    const kept = createMemoryDeliveryStore();
    let fails = true;
    const store = {
      ...kept,
      forgetAgent: async (agentId: string) => {
        if (fails) throw new ParleyError('storage_failed', 'The disk is away.');
        await kept.forgetAgent(agentId);
      },
    };
    const world = await DeliveryWorld.create(keys, store, [agent, 'agent_b']);
    const welcome = { message: encodeBase64(welcomeMessage()), to: [agent] };
    await world.group(['agent_b', agent], { welcome });
    await world.as(agent, 'PUT', '/key-packages', { one_time: [encodeBase64(Uint8Array.of(1))] });
    expect((await world.inbox(agent)).items).toHaveLength(1);
    world.register(agent, new Uint8Array(await crypto.subtle.exportKey('spki', others.publicKey)));
    expect((await world.post('/token', await world.statement(agent, {}, others))).status).toBe(503);
    fails = false;
    const { token } = await (await world.post('/token', await world.statement(agent, {}, others))).json();
    const headers = { authorization: `Bearer ${token}` };
    const inbox = await world.app.fetch(new Request(`${serverUrl}/delivery/inbox`, { headers }));
    expect(await inbox.json()).toMatchObject({ items: [] });
    expect(await refusalOf(await world.take('agent_b', agent))).toEqual([404, 'no_key_package']);
  });

  test('of a new owner of the name leaves nothing of the former one: tokens, KeyPackages, inbox, groups', async () => {
    const world = await newWorld();
    const groupId = await world.group(['agent_b', agent]);
    await world.as(agent, 'PUT', '/key-packages', { one_time: [encodeBase64(Uint8Array.of(1))] });
    const former = await world.token(agent);
    expect((await world.entries(agent, groupId)).entries).toHaveLength(1);
    world.now += 1;
    world.register(agent, new Uint8Array(await crypto.subtle.exportKey('spki', others.publicKey)));
    expect((await ask(world, former)).status).toBe(401);
    const statement = await world.statement(agent, {}, others);
    const { token } = await (await world.post('/token', statement)).json();
    expect((await ask(world, former)).status).toBe(401);
    const group = await world.app.fetch(
      new Request(`${serverUrl}/delivery/groups/${groupId}/entries`, { headers: { authorization: `Bearer ${token}` } }),
    );
    expect(await refusalOf(group)).toEqual([404, 'unknown_group']);
    const message = encodeBase64(privateMessage(groupId));
    const append = await world.app.fetch(
      new Request(`${serverUrl}/delivery/groups/${groupId}/entries`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ entry_id: newId(), kind: 'message', after: 0, message }),
      }),
    );
    expect(await refusalOf(append)).toEqual([404, 'unknown_group']);
    expect(await refusalOf(await world.take('agent_b', agent))).toEqual([404, 'no_key_package']);
  });
});
