import { beforeAll, describe, expect, test } from 'vitest';
import { type Carried, TestWorld } from '../testing/world.ts';

const address = 'https://localhost:5001';
let world: TestWorld;
/** What somebody on the wire has recorded: hello, confirm, and one message. */
let recorded: { readonly hello: Carried; readonly confirm: Carried; readonly message: Carried };

beforeAll(async () => {
  world = await TestWorld.create();
  const { traveller } = await world.pair();
  await traveller.connect('helper_agent_001');
  await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: { words: 'Once' } });
  const [hello, confirm, message] = world.carried.filter(({ url }) => url.startsWith(address));
  if (hello === undefined || confirm === undefined || message === undefined) throw new Error('nothing recorded');
  recorded = { hello, confirm, message };
});

async function post({ url, request }: Carried, body = request): Promise<{ status: number; code: unknown }> {
  const helper = world.agents.get(address);
  const response = await helper?.fetch(new Request(url, { method: 'POST', body }));
  const answer: unknown = await response?.json();
  const code = typeof answer === 'object' && answer !== null && 'code' in answer ? answer.code : undefined;
  return { status: response?.status ?? 0, code };
}

function whatHelperHolds() {
  const { sessions, exchanges } = world.agents.get(address)?.snapshot() ?? {};
  return JSON.stringify([sessions, exchanges]);
}

describe('what was recorded on the wire and is sent again', () => {
  test('a hello is refused for its nonce', async () => {
    const state = whatHelperHolds();
    expect(await post(recorded.hello)).toEqual({ status: 409, code: 'replayed_nonce' });
    expect(whatHelperHolds()).toBe(state);
  });

  test('a confirm is refused for its session id', async () => {
    const state = whatHelperHolds();
    expect(await post(recorded.confirm)).toEqual({ status: 409, code: 'session_conflict' });
    expect(whatHelperHolds()).toBe(state);
  });

  test('a confirm without its hello is refused', async () => {
    const body = recorded.confirm.request.replace(/"session_id":"[0-9a-f]+"/, `"session_id":"${'0'.repeat(32)}"`);
    expect(await post(recorded.confirm, body)).toEqual({ status: 404, code: 'unknown_session' });
  });

  test('a message is refused and runs nothing', async () => {
    const state = whatHelperHolds();
    expect(await post(recorded.message)).toEqual({ status: 409, code: 'replayed_message' });
    expect(whatHelperHolds()).toBe(state);
  });

  test('a message under another number is refused for its signature', async () => {
    const body = recorded.message.request.replace('"sequence":0', '"sequence":1');
    expect(await post(recorded.message, body)).toEqual({ status: 401, code: 'signature_invalid' });
  });

  test('a hello is refused also after the agent has started again', async () => {
    const helper = world.agents.get(address);
    await helper?.stop();
    await helper?.start();
    expect(await post(recorded.hello)).toEqual({ status: 409, code: 'replayed_nonce' });
  });

  test('a hello is refused for its age once its nonce may be forgotten', async () => {
    world.clock.advance(301_000);
    expect(await post(recorded.hello)).toEqual({ status: 401, code: 'stale_timestamp' });
  });
});

test('an agent without room answers 503 and says when to come back', async () => {
  const crowded = await TestWorld.create();
  await crowded.open('helper_agent_001', address, { limits: { sessions: 0, halfOpen: 0 } });
  const { agent } = await crowded.open('traveller_agent_001', 'https://localhost:5000');
  let answer: Response | undefined;
  crowded.tamper = async (request, next) => {
    const response = await next(request);
    if (request.url.endsWith('/agent/handshake')) answer = response.clone();
    return response;
  };
  await expect(agent.connect('helper_agent_001')).rejects.toThrow(/session_limit_reached/);
  expect(answer?.status).toBe(503);
  expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
});
