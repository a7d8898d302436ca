import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { type ControllerOptions, createController, type FetchApp } from './controller.ts';
import { standardNameLimits } from './new-names.ts';
import { answerChallenge, baseUrl, makeRegistrant, type Registrant, registration } from './testing/registrant.ts';
import { UnderWay } from './under-way.ts';

const address = 'https://localhost:5001';
let now = 1_790_000_000;
let one: Registrant;
let other: Registrant;
beforeAll(async () => {
  one = await makeRegistrant('helper_agent_001', address);
  other = await makeRegistrant('traveller_agent_001', address);
});

const make = (more: Partial<ControllerOptions> = {}) =>
  createController({
    store: createMemoryControllerStore(),
    clock: () => now * 1_000,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    baseUrl,
    presence: async () => true,
    ...more,
  });

function post(app: FetchApp, path: string, body: object, from: string): Promise<Response> {
  return app.fetch(new Request(baseUrl + path, { method: 'POST', body: JSON.stringify(body) }), from);
}

async function begin(app: FetchApp, registrant: Registrant, from: string): Promise<Response> {
  return post(app, '/controller/register', await registration(registrant, { timestamp: now }), from);
}

async function register(app: FetchApp, registrant: Registrant, from: string): Promise<number> {
  const response = await begin(app, registrant, from);
  if (response.status !== 201) return response.status;
  const begun = await response.json();
  const path = `/controller/register/${begun.registration_id}/confirm`;
  return (await post(app, path, { challenge_response: await answerChallenge(registrant, begun) }, from)).status;
}

describe('registrations under way', () => {
  test('of one recorded request take no place from others', async () => {
    const app = make();
    const recorded = await registration(one, { timestamp: now });
    const statuses = new Set<number>();
    for (let times = 0; times < 1_200; times += 1) {
      statuses.add((await post(app, '/controller/register', recorded, '192.0.2.1')).status);
    }
    expect([...statuses]).toEqual([201, 409]);
    expect(await register(app, other, '192.0.2.1')).toBe(201);
  });

  test('are one for a key, so many for an address, and the busiest address gives way', () => {
    const underWay = new UnderWay();
    const add = (key: string, from: string, at = 0) =>
      underWay.add(key, { id: `${key}-${at}`, address: from, expiresAt: at + 60 }, at);
    expect(add('k', 'a')).toEqual([]);
    expect(add('k', 'a', 1)).toEqual([]);
    for (let i = 0; i < 99; i += 1) expect(add(`a${i}`, 'a', 1)).toEqual([]);
    expect(add('a99', 'a', 1)).toEqual(['k-1']);
    for (let i = 0; i < 900; i += 1) expect(add(`b${i}`, `b${i % 10}`, 2)).toEqual([]);
    expect(add('c', 'c', 3)).toEqual(['a0-1']);
    underWay.end('c', 'c-3');
    expect(add('d', 'd', 3)).toEqual([]);
    // A minute later nothing is left of them.
    for (let i = 0; i < 100; i += 1) expect(add(`e${i}`, 'a', 64)).toEqual([]);
  });
});

test.each([
  ['by what is superseded', { superseded: 4 }],
  ['by what is revoked, of which much was superseded before', { listed: 4 }],
])('renewals that would make the revocation list grow without end, %s, wait; others go on', async (_, limit) => {
  const app = make({ nameLimits: { ...standardNameLimits, ...limit } });
  for (let times = 0; times < 6; times += 1) expect(await register(app, one, 'x')).toBe(201);
  expect(await register(app, one, 'x')).toBe(429);
  for (let times = 0; times < 4; times += 1) expect(await register(app, other, 'x')).toBe(201);
  now += 31 * 86_400;
  expect(await register(app, one, 'x')).toBe(201);
});

test('one agent’s renewals leave room on the list for those of others', async () => {
  const app = make({ nameLimits: { ...standardNameLimits, superseded: 16 } });
  const codes: number[] = [];
  for (let times = 0; times < 16; times += 1) codes.push(await register(app, one, 'x'));
  expect(codes.at(-1)).toBe(429);
  for (let times = 0; times < 5; times += 1) expect(await register(app, other, 'x')).toBe(201);
});

describe('names', () => {
  test('of one key are so many, and the key goes on renewing', async () => {
    const app = make({ nameLimits: { ...standardNameLimits, perKey: 2 } });
    for (const agentId of ['agent_a', 'agent_b']) expect(await register(app, { ...one, agentId }, 'x')).toBe(201);
    expect(await register(app, { ...one, agentId: 'agent_c' }, 'x')).toBe(403);
    expect(await register(app, { ...one, agentId: 'agent_b' }, 'x')).toBe(201);
    expect(await register(app, other, 'x')).toBe(201);
  });

  test('from one address are so many in an hour, which keeps nobody elsewhere out', async () => {
    const app = make({ nameLimits: { ...standardNameLimits, perAddressAndHour: 2 } });
    for (const agentId of ['agent_a', 'agent_b']) expect(await register(app, { ...one, agentId }, 'x')).toBe(201);
    const refused = await begin(app, { ...one, agentId: 'agent_c' }, 'x');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600']);
    expect(await register(app, { ...one, agentId: 'agent_a' }, 'x')).toBe(201);
    expect(await register(app, { ...one, agentId: 'agent_c' }, 'y')).toBe(201);
    now += 3_600;
    expect(await register(app, { ...one, agentId: 'agent_d' }, 'x')).toBe(201);
  });
});
