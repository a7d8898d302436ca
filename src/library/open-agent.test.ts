import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentStore } from '../agent/contracts/ports.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { generateRsa } from '../agent/testing/world.ts';
import type { Platform } from '../host/platform.ts';
import { ParleyError } from '../protocol/errors.ts';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { createMemoryAgentStore } from '../storage/memory/agent-store.ts';
import { openAgent } from './open-agent.ts';

const agentId = 'helper_agent_001';
let server: TestServer;
/** The keys are made once. */
const disk = createMemoryAgentStore();
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.end());

/** A platform that counts what is open. */
function counting(store: AgentStore = disk) {
  const open = { stores: 0 };
  const platform: Platform = {
    generateRsa,
    openStore: async () => {
      open.stores += 1;
      return {
        store,
        close: () => {
          open.stores -= 1;
        },
      };
    },
  };
  return { open, platform };
}

const broken = new TypeError('It broke.');

test('an agent that was opened holds its store until it is closed', async () => {
  const { open, platform } = counting();
  const opened = await openAgent({ agentId, server: server.url }, platform);
  expect(open.stores).toBe(1);
  await opened.close();
  expect(open.stores).toBe(0);
});

test.each<[string, (event: AgentEvent) => boolean]>([
  ['the first phase', ({ type }) => type === 'phase'],
  ['the phase ready', (event) => event.type === 'phase' && event.phase.phase === 'ready'],
  ['the line', ({ type }) => type === 'line'],
])('whoever listens and throws at %s keeps no store open', async (_, isMeant) => {
  const { open, platform } = counting();
  const emit = (event: AgentEvent) => {
    if (isMeant(event)) throw broken;
  };
  await expect(openAgent({ agentId, server: server.url, emit }, platform)).rejects.toThrow();
  expect(open.stores).toBe(0);
});

test('a server that nobody answers at, and a store that fails, keep no store open', async () => {
  const nobody = counting(createMemoryAgentStore());
  await expect(openAgent({ agentId, server: 'http://127.0.0.1:9' }, nobody.platform)).rejects.toThrow(ParleyError);
  expect(nobody.open.stores).toBe(0);
  const failing = counting({ ...disk, loadNonces: () => Promise.reject(new ParleyError('storage_failed', 'Gone.')) });
  await expect(openAgent({ agentId, server: server.url }, failing.platform)).rejects.toMatchObject({
    code: 'storage_failed',
  });
  expect(failing.open.stores).toBe(0);
  const again = counting();
  await (await openAgent({ agentId, server: server.url }, again.platform)).close();
  expect(again.open.stores).toBe(0);
});
