import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Agent, ParleyError } from '../library/node.ts';
import { freePort } from '../storage/nats/testing/free-port.ts';
import { ServerProcess } from './testing/server-process.ts';

const hour = 3_600_000;
const patience = { timeout: 60_000, interval: 200 };
let folder: string;
let server: ServerProcess;
const open = new Set<Agent>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-clock-'));
  await shift(0);
  server = await ServerProcess.start(
    await freePort(),
    join(folder, 'server'),
    { PARLEY_CLOCK_SHIFT: join(folder, 'shift') },
    ['--import', './src/server/testing/shifted-clock.mjs'],
  );
});
afterEach(async () => {
  await Promise.all([...open].map((agent) => agent.close()));
  open.clear();
  await server.kill();
  await rm(folder, { recursive: true });
});

function shift(milliseconds: number): Promise<void> {
  return writeFile(join(folder, 'shift'), String(milliseconds));
}

async function openAgent(id: string): Promise<Agent> {
  const methods = { echo: (parameters: unknown) => JSON.stringify(parameters) };
  const agent = await Agent.open({ id, server: server.url, folder: join(folder, id), methods });
  open.add(agent);
  return agent;
}

test.each([
  ['ahead', 2 * hour],
  ['behind', -2 * hour],
  ['a year ahead', 365 * 24 * hour],
  ['a year behind', -365 * 24 * hour],
])(
  'while the clock of the server is %s, agents name it, and everything goes on when it is right again',
  async (_, wrong) => {
    const asking = await openAgent('asking_agent_001');
    const helper = await openAgent('helper_agent_001');
    expect(await asking.send('helper_agent_001', 'echo', 1)).toBe('1');

    await shift(wrong);
    await expect(openAgent('late_agent_001')).rejects.toMatchObject({ code: 'clock_wrong' });
    // The two agents' own clocks are right: what they have with each other goes on.
    expect(await asking.send('helper_agent_001', 'echo', 2)).toBe('2');
    await helper.close();
    open.delete(helper);
    // An agent that starts now either gets through, or names the clock.
    const during = await openAgent('helper_agent_001').catch((error: unknown) => error);
    if (during instanceof ParleyError) expect(during.code).toBe('clock_wrong');
    for (const agent of open) {
      if (agent.id !== 'helper_agent_001') continue;
      await agent.close();
      open.delete(agent);
    }

    await shift(0);
    const late = await openAgent('late_agent_001');
    await openAgent('helper_agent_001');
    for (const from of [late, asking]) {
      await vi.waitFor(async () => expect(await from.send('helper_agent_001', 'echo', 3)).toBe('3'), patience);
    }
    await vi.waitFor(async () => expect(await late.send('asking_agent_001', 'echo', 4)).toBe('4'), patience);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  },
);
