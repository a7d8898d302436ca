import { describe, expect, test, vi } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { Agent } from '../agent.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { TestWorld } from '../testing/world.ts';

const addresses = { traveller: 'https://localhost:5000', helper: 'https://localhost:5001' } as const;
const ids = { traveller: 'traveller_agent_001', helper: 'helper_agent_001' } as const;
type Name = keyof typeof ids;
const secret = 'The lighthouse keeper knows';

async function stage() {
  const world = await TestWorld.create();
  const stores = { traveller: createMemoryAgentStore(), helper: createMemoryAgentStore() };
  const open = async (name: Name, store: AgentStore = stores[name]) =>
    (await world.open(ids[name], addresses[name], { store })).agent;
  const traveller = await open('traveller');
  const helper = await open('helper');
  const say = (agent: Agent) => agent.send({ peerId: ids.helper, method: 'echo', parameters: secret });
  return { world, stores, open, traveller, helper, say };
}

const settled = (agent: Agent) => agent.historyService.recordings.settled();
const tracesOf = (agent: Agent) => {
  const { sessions, traces } = agent.snapshot();
  return sessions.map(({ sessionId, status }) => ({ sessionId, status, events: traces[sessionId] ?? [] }));
};

describe('recordings of sessions', () => {
  test('are there after a restart on both sides, as ended sessions with every step', async () => {
    const { traveller, helper, open, say } = await stage();
    await say(traveller);
    for (const [name, agent] of [
      ['traveller', traveller],
      ['helper', helper],
    ] as const) {
      const before = tracesOf(agent);
      expect(before).toHaveLength(1);
      await agent.stop();
      const [after] = tracesOf(await open(name));
      expect(after?.sessionId).toBe(before[0]?.sessionId);
      expect(after?.status).toBe('CLOSED');
      expect(after?.events).toEqual(before[0]?.events);
      expect(after?.events.length).toBeGreaterThan(20);
    }
  });

  test('hold nothing of what was said, and what is stored shows nothing of the session', async () => {
    const { traveller, stores, say } = await stage();
    await say(traveller);
    await settled(traveller);
    const [stored] = await stores.traveller.loadRecordings();
    const bytes = new TextDecoder('latin1').decode(stored?.ciphertext);
    for (const word of [...secret.split(' '), 'CLIENT_HELLO', 'signature']) expect(bytes).not.toContain(word);
    expect(JSON.stringify(tracesOf(traveller))).not.toContain('lighthouse');
  });

  test('of one that resumes the other are both there, and lead to the full handshake', async () => {
    const { traveller, open, say } = await stage();
    await say(traveller);
    const [first] = traveller.snapshot().sessions;
    await traveller.stop();
    const again = await open('traveller');
    await say(again);
    await settled(again);
    await again.stop();
    const { sessions, traces } = (await open('traveller')).snapshot();
    const resumed = sessions.find(({ resumes }) => resumes === first?.sessionId);
    expect(resumed).toBeDefined();
    expect(sessions[0]?.sessionId).toBe(first?.sessionId);
    for (const { sessionId } of sessions) expect(traces[sessionId]?.length).toBeGreaterThan(10);
  });

  test('go with the conversation, with Clear when their session has ended, and with the agent', async () => {
    const { traveller, stores, open, say } = await stage();
    await say(traveller);
    await settled(traveller);
    await traveller.clear();
    expect(await stores.traveller.loadRecordings()).toHaveLength(1);
    await traveller.historyService.deleteHistory(ids.helper);
    expect(await stores.traveller.loadRecordings()).toEqual([]);
    await traveller.stop();
    expect(await stores.traveller.loadRecordings()).toEqual([]);

    const again = await open('traveller');
    await say(again);
    await again.stop();
    const third = await open('traveller');
    expect(await stores.traveller.loadRecordings()).not.toEqual([]);
    expect(third.snapshot().sessions).not.toEqual([]);
    await third.clear();
    expect(await stores.traveller.loadRecordings()).toEqual([]);
    expect(third.snapshot().sessions).toEqual([]);
    await say(third);
    await third.forget();
    expect(await stores.traveller.loadRecordings()).toEqual([]);
  });

  test('go with a limit in days', async () => {
    const { world, traveller, stores, open, say } = await stage();
    await say(traveller);
    await traveller.stop();
    const again = await open('traveller');
    await again.historyService.retention.set(ids.helper, { keep: 'days', days: 2 });
    expect(await stores.traveller.loadRecordings()).not.toEqual([]);
    world.clock.advance(3 * 86_400_000);
    await vi.waitFor(async () => expect(await stores.traveller.loadRecordings()).toEqual([]), { timeout: 10_000 });
  });

  test('a full disk, a damaged and a foreign recording keep no agent from its work', async () => {
    const { traveller, stores, open, say } = await stage();
    await say(traveller);
    await traveller.stop();
    const [stored] = await stores.traveller.loadRecordings();
    if (stored === undefined) throw new TypeError('Nothing was stored.');
    const damaged = { ...stored, sessionId: 'cd'.repeat(16), ciphertext: stored.ciphertext.slice(2) };
    await stores.traveller.saveRecordings([damaged], []);
    const full: AgentStore = {
      ...stores.traveller,
      saveRecordings: () => Promise.reject(new ParleyError('storage_full', 'There is no room.')),
    };
    const again = await open('traveller', full);
    expect(again.snapshot().sessions.map(({ sessionId }) => sessionId)).toEqual([stored.sessionId]);
    expect(await say(again)).toMatchObject({ status: 'success' });
    await settled(again);
    await again.stop();
  });

  test('a stranger’s refused hello is not stored', async () => {
    const { world, traveller, helper, stores } = await stage();
    world.tamper = async (request, next) => {
      if (!request.url.endsWith('/agent/handshake')) return next(request);
      const hello: unknown = await request.json();
      const altered = { ...Object(hello), nonce: `${'A'.repeat(43)}=` };
      return next(new Request(request.url, { method: 'POST', body: JSON.stringify(altered) }));
    };
    await expect(traveller.connect(ids.helper)).rejects.toThrow();
    await Promise.all([settled(traveller), settled(helper)]);
    expect(await stores.traveller.loadRecordings()).toHaveLength(1);
    expect(await stores.helper.loadRecordings()).toEqual([]);
  });
});
