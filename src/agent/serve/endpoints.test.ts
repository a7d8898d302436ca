import { beforeAll, describe, expect, test } from 'vitest';
import { isWireCode } from '../../protocol/errors.ts';
import { TestWorld } from '../testing/world.ts';

const base = 'https://localhost:5001';
const json = { 'content-type': 'application/json' };
let world: TestWorld;
let sessionId: string;

beforeAll(async () => {
  world = await TestWorld.create();
  const { traveller } = await world.pair();
  sessionId = (await traveller.connect('helper_agent_001')).sessionId;
});

async function ask(path: string, init: RequestInit = {}) {
  const helper = world.agents.get(base);
  if (helper === undefined) throw new Error('Helper is gone.');
  return helper.fetch(new Request(base + path, init));
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem: unknown = await response.json();
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) throw new Error('not a problem');
  expect(isWireCode(problem.code)).toBe(true);
  expect(problem).toMatchObject({ type: `urn:parley:error:${problem.code}`, status: response.status });
  return problem;
}

describe('GET /agent/session/:id', () => {
  test('tells the state of a session and names no peer', async () => {
    const response = await ask(`/agent/session/${sessionId}`);
    const view = await response.json();
    expect(view).toEqual({
      session_id: sessionId,
      status: 'ESTABLISHED',
      created_at: 1_790_000_000,
      expires_at: 1_790_003_600,
    });
  });

  test('does not know others', async () => {
    const response = await ask(`/agent/session/${'0'.repeat(32)}`);
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({ code: 'unknown_session' });
  });
});

describe('POST', () => {
  const bodies = [
    ['/agent/handshake', 'not json', 400, 'malformed_message'],
    ['/agent/handshake', '[]', 400, 'malformed_message'],
    ['/agent/handshake', '{"message_type":"CLIENT_HELLO","message_type":"CLIENT_HELLO"}', 400, 'malformed_message'],
    ['/agent/handshake', ' '.repeat(32 * 1024 + 1), 413, 'message_too_large'],
    ['/agent/message', '{}', 400, 'malformed_message'],
    ['/agent/message', ' '.repeat(24 * 1024 * 1024 + 1), 413, 'message_too_large'],
    ['/agent/elsewhere', '{}', 404, 'not_found'],
  ] as const;
  test.each(bodies)('%s of a bad body is a problem with its code', async (path, body, status, code) => {
    const response = await ask(path, { method: 'POST', headers: json, body });
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ code });
  });

  test('an envelope of a session nobody knows is 404', async () => {
    const envelope = {
      session_id: '0'.repeat(32),
      sender_id: 'traveller_agent_001',
      epoch: 0,
      sequence: 0,
      timestamp: 1_790_000_000,
      encrypted_payload: { iv: btoa('x'.repeat(12)), ciphertext: btoa('x'.repeat(64)), tag: btoa('x'.repeat(16)) },
      signature: btoa('x'.repeat(64)),
    };
    const response = await ask('/agent/message', { method: 'POST', headers: json, body: JSON.stringify(envelope) });
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({ code: 'unknown_session' });
  });
});

test('before it is registered an agent answers that it is not ready', async () => {
  const other = await TestWorld.create();
  other.tamper = async () => Response.error();
  const { agent } = await other.open('late_agent', 'https://localhost:5003');
  const response = await agent.fetch(new Request('https://localhost:5003/agent/handshake', { method: 'POST' }));
  expect(await problemOf(response)).toMatchObject({ code: 'unavailable', status: 503 });
});
