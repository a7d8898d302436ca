import { beforeAll, expect, test } from 'vitest';
import type { Agent } from '../agent/agent.ts';
import { TestWorld } from '../agent/testing/world.ts';
import type { ConsoleAgent } from '../console/agent.ts';
import { ParleyError } from '../protocol/errors.ts';
import { type Host, type Operations, operationNamed, operations, operationsThrough } from './operations.ts';

/** What the console asks under the name of an operation, it asks in the operation's own form: this does not compile otherwise. */
type AskedByConsole = Pick<ConsoleAgent, Exclude<keyof Operations & keyof ConsoleAgent, 'audit'>>;
const fits = (engine: Operations): AskedByConsole => engine;

const names = Object.keys(operations);
/** An agent that is stopped, and so not ready. */
let agent: Agent;

beforeAll(async () => {
  const world = await TestWorld.create();
  ({ agent } = await world.open('helper_agent_001', 'https://localhost:5001'));
  await agent.stop();
});

test('the console’s operations are those of the table', () => {
  const engine = operationsThrough(async () => undefined);
  expect(fits(engine)).toBe(engine);
});

test('each operation of the client asks for its row, with its arguments', async () => {
  const asked: unknown[] = [];
  const engine = operationsThrough(async (name, args) => asked.push([name, ...args]));
  await engine.setRetention('helper_agent_001', { keep: 'all' });
  await engine.archives();
  expect(asked).toEqual([['setRetention', 'helper_agent_001', { keep: 'all' }], ['archives']]);
  expect(Object.keys(engine)).toEqual(names);
});

test.each(['toString', 'constructor', '__proto__', 'stop', ''])('there is no operation “%s”', (name) => {
  expect(() => operationNamed(name)).toThrow(ParleyError);
});

test.each(names.filter((name) => operationNamed(name).needs === 'ready'))(
  '%s is refused by an agent that is not ready',
  async (name) => {
    const row = operationNamed(name);
    expect.assert(row.needs === 'ready');
    await expect((async () => row.run(agent))()).rejects.toMatchObject({ code: 'not_registered' });
  },
);

test.each(names.filter((name) => operationNamed(name).needs === 'nothing'))('%s is run by the host', async (name) => {
  const asked: string[] = [];
  const note = (what: string) => async () => {
    asked.push(what);
  };
  const host: Host = {
    snapshot: () => {
      asked.push('snapshot');
      return agent.snapshot();
    },
    takeOver: note('takeOver'),
    restart: note('restart'),
    reconnect: note('reconnect'),
    forget: note('forget'),
  };
  const row = operationNamed(name);
  expect.assert(row.needs === 'nothing');
  await row.run(host);
  expect(asked).toEqual([name]);
});

test('an exported history is handed to the page without being copied', () => {
  const file = new Uint8Array([1, 2, 3]);
  expect(operations.exportHistory.transfer?.(file)).toEqual([file.buffer]);
});
