import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { TestWorld } from '../testing/world.ts';

/** Helper, who was asked some things, its trail as a test may alter it, and how many signatures its checks have verified. */
async function asked(count: number) {
  let verified = 0;
  const world = await TestWorld.create((environment) => ({
    ...environment,
    subtle: new Proxy(environment.subtle, {
      get: (subtle, name) => {
        const method: unknown = Reflect.get(subtle, name);
        if (name === 'verify') verified += 1;
        return typeof method === 'function' ? method.bind(subtle) : method;
      },
    }),
  }));
  const inner = createMemoryAgentStore();
  let altered = -1;
  const store: AgentStore = {
    ...inner,
    auditEntries: async (from, most) =>
      (await inner.auditEntries(from, most)).map((entry) =>
        entry.index === altered ? { ...entry, text: entry.text.replace('"digest":"', '"digest":"A') } : entry,
      ),
  };
  const { agent: helper } = await world.open('helper_agent_001', 'https://localhost:5001', { store });
  const { agent: traveller } = await world.open('traveller_agent_001', 'https://localhost:5000');
  const ask = async (times: number) => {
    for (let time = 0; time < times; time++) {
      await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: time });
    }
  };
  await ask(count);
  const check = async () => {
    const before = verified;
    const verdict = await helper.audit.verify();
    return { verdict, verified: verified - before };
  };
  return { ask, check, alter: (index: number) => (altered = index), helper };
}

test('a second check verifies only the signatures that are new, and finds what was altered since, wherever it is', async () => {
  const { ask, check, alter, helper } = await asked(40);
  const first = await check();
  expect(first.verdict.words).toMatch(/^All \d+ entries hold\.$/);
  expect(first.verified).toBeGreaterThanOrEqual(80);
  expect((await check()).verified).toBe(0);
  await ask(2);
  expect(await check()).toMatchObject({ verdict: { words: expect.stringMatching(/^All/) }, verified: 4 });
  const { entries } = await helper.audit.page(undefined, 60);
  const message = entries.findLast(({ kind }) => kind === 'message')?.index ?? -1;
  alter(message);
  expect((await check()).verdict).toMatchObject({ brokenAt: message });
  alter(-1);
  expect((await check()).verdict).not.toHaveProperty('brokenAt');
});
