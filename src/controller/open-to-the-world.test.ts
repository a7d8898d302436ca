import { beforeAll, describe, expect, test, vi } from 'vitest';
import { isAgentId } from '../protocol/ids.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { type ControllerOptions, createController } from './controller.ts';
import { createEventHub } from './events.ts';
import { codeOf, confirm, get, post, register, start } from './testing/client.ts';
import { baseUrl, makeRegistrant, type Registrant, registration } from './testing/registrant.ts';

const address = 'https://localhost:5001';
let helper: Registrant;
beforeAll(async () => {
  helper = await makeRegistrant('helper_agent_001', address);
});

const make = (more: Partial<ControllerOptions>) =>
  createController({
    store: createMemoryControllerStore(),
    clock: () => 1_790_000_000_000,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    baseUrl,
    presence: async () => true,
    operatorToken: 'operator',
    ...more,
  });

test('an agent that renews without end is told how long to wait, and nothing more is stored of it', async () => {
  const store = createMemoryControllerStore();
  const keepCertificates = vi.fn(store.keepCertificates);
  const controller = make({ store: { ...store, keepCertificates } });
  for (let times = 0; times < 64; times += 1) await register(controller, helper);
  expect(keepCertificates).toHaveBeenCalledTimes(64);
  const refused = await confirm(controller, helper, await start(controller, helper));
  // Certificates of 30 days, which a list names for 31 more.
  expect(refused.headers.get('retry-after')).toBe(String(61 * 86_400 + 1));
  expect(await codeOf(refused)).toBe('rate_limited');
  expect(keepCertificates).toHaveBeenCalledTimes(64);
});

describe('a Controller with registration tokens', () => {
  test('registers a new agent for a token only, and lets its key renew without one', async () => {
    const controller = make({ registrationTokens: ['first', 'second'] });
    const body = await registration(helper);
    expect(await codeOf(await post(controller, '/controller/register', body))).toBe('not_authorized');
    for (const shown of ['Bearer third', 'Bearer operator', 'Basic first', 'Bearer ']) {
      const refused = await post(controller, '/controller/register', body, { authorization: shown });
      expect(await codeOf(refused)).toBe('not_authorized');
    }
    const begun = await post(controller, '/controller/register', body, { authorization: 'Bearer second' });
    expect(begun.status).toBe(201);
    expect((await confirm(controller, helper, await begun.json())).status).toBe(201);
    await register(controller, helper);
  });
});

describe('the stream of events', () => {
  test('tells revocations, and what others publish, to everyone who listens', async () => {
    const events = createEventHub();
    const controller = make({ events });
    await register(controller, helper);
    const response = await get(controller, '/controller/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(': connected\n\n');
    events.publish({ type: 'agent_online', agentId: registeredId() });
    expect((await reader?.read())?.value).toBe('event: agent_online\ndata: {"agent_id":"helper_agent_001"}\n\n');
    const revocation = { agent_id: 'helper_agent_001', reason: 'keyCompromise', timestamp: 1_790_000_000 };
    await post(controller, '/controller/revoke', revocation, { authorization: 'Bearer operator' });
    expect((await reader?.read())?.value).toBe('event: certificate_revoked\ndata: {"agent_id":"helper_agent_001"}\n\n');
    await reader?.cancel();
  });

  test('lets a listener go that does not read, instead of keeping everything for it', async () => {
    const events = createEventHub();
    const response = await get(make({ events }), '/controller/events');
    const agentId = registeredId();
    for (let i = 0; i < 1_000; i++) events.publish({ type: 'agent_online', agentId });
    const text = await response.text();
    expect(text.match(/event:/g)?.length).toBeLessThan(300);
  });

  test('is not begun by HEAD, whose answer nobody would ever end', async () => {
    const events = createEventHub();
    let listeners = 0;
    const counted = {
      ...events,
      subscribe: (listener: Parameters<typeof events.subscribe>[0]) => {
        listeners += 1;
        return events.subscribe(listener);
      },
    };
    const request = new Request('https://parley.test/controller/events', { method: 'HEAD' });
    const head = await make({ events: counted }).fetch(request);
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/event-stream', '']);
    expect(listeners).toBe(0);
  });

  test('is not there without a hub', async () => {
    expect(await codeOf(await get(make({}), '/controller/events'))).toBe('not_found');
  });
});

function registeredId() {
  const { agentId } = helper;
  if (!isAgentId(agentId)) throw new TypeError(agentId);
  return agentId;
}
