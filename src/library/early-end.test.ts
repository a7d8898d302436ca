import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Agent, streamed } from './node.ts';
import { counting, host, items, type TwoAgents, twoAgents } from './testing/two-agents.ts';

const patience = { timeout: 60_000, interval: 20 };
let agents: TwoAgents;
let ran = 0;
beforeAll(async () => {
  agents = await twoAgents();
}, 120_000);
afterAll(() => agents?.end());
beforeEach(() => {
  agents.heard.length = 0;
  ran = 0;
});

function note(): void {
  ran += 1;
}

describe('what JSON cannot hold', () => {
  const holds = [
    ['when', new Date(0)],
    ['missing', undefined],
    ['big', 1n],
    ['map', new Map()],
    ['own', new (class Own {})()],
    ['holes', new Array(1)],
    ['number', Number.NaN],
    ['symbol', Symbol('s')],
  ] as const;
  test.each(holds)('(%s) is refused with its path, before anything is sent', async (name, value) => {
    agents.hosting.handle('note', note);
    const parameters = JSON.parse('{"items":[1]}', (key, one) => (key === 'items' ? [{ [name]: value }] : one));
    const refused = expect.objectContaining({
      code: 'invalid_input',
      detail: expect.stringContaining(`parameters.items[0].${name}`),
    });
    await expect(agents.guest.send(host, 'note', parameters)).rejects.toEqual(refused);
    await expect(items(agents.guest.stream(host, 'note', parameters))).rejects.toEqual(refused);
    expect(ran).toBe(0);
  });

  test('ends a stream of values, and the host’s own side is told which member', async () => {
    const given = JSON.parse('[1, 2]', (_, value) => (value === 2 ? { when: new Date(0) } : value));
    agents.hosting.handle('tell', async function* () {
      yield* given;
    });
    const told: unknown[] = [];
    const read = async () => {
      for await (const value of agents.guest.stream(host, 'tell')) told.push(value);
    };
    await expect(read()).rejects.toMatchObject({ code: 'stream_failed' });
    expect(agents.heard).toEqual([
      expect.objectContaining({ code: 'invalid_input', detail: expect.stringContaining('value.when') }),
    ]);
  });
});

describe('a stream that ends early', () => {
  test('by leaving the loop ends the generator at the peer', async () => {
    const { told, count } = counting();
    agents.hosting.handle('count', count);
    for await (const n of agents.guest.stream<number>(host, 'count')) if (n === 3) break;
    await expect.poll(() => told.isOver, patience).toBe(true);
    expect(told.signal?.aborted).toBe(true);
  });

  test('by its signal rejects with the reason, and ends the generator', async () => {
    const { told, count } = counting();
    agents.hosting.handle('count', count);
    const stopping = new AbortController();
    const reason = new RangeError('Enough.');
    const read = async () => {
      for await (const n of agents.guest.stream<number>(host, 'count', null, { signal: stopping.signal })) {
        if (n === 3) stopping.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    await expect.poll(() => told.isOver, patience).toBe(true);
  });

  test('by its signal while it waits for the next value', async () => {
    let signal: AbortSignal | undefined;
    agents.hosting.handle('once', async function* (_, info) {
      signal = info.signal;
      yield 1;
      await new Promise((resolve) => info.signal.addEventListener('abort', resolve));
    });
    const stopping = new AbortController();
    const answer = await agents.guest.stream(host, 'once', null, { signal: stopping.signal });
    const values = answer[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 1 });
    const waiting = values.next();
    stopping.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => signal?.aborted, patience).toBe(true);
  });

  test('before it began sends nothing', async () => {
    agents.hosting.handle('note', note);
    const options = { signal: AbortSignal.abort(new RangeError('Never.')) };
    await expect(agents.guest.stream(host, 'note', null, options)).rejects.toThrow('Never.');
    await expect(agents.guest.send(host, 'note', null, options)).rejects.toThrow('Never.');
    expect(ran).toBe(0);
  });

  test('after all has come changes nothing', async () => {
    agents.hosting.handle('plain', () => 'all');
    const stopping = new AbortController();
    expect(await agents.guest.stream(host, 'plain', null, { signal: stopping.signal }).json()).toBe('all');
    stopping.abort();
  });

  test('by an error of its handler throws that, after the values before it; its words stay at home', async () => {
    agents.hosting.handle('fails', async function* () {
      yield 1;
      throw new TypeError('a secret of the handler');
    });
    const answer = agents.guest.stream(host, 'fails');
    const read = async () => {
      for await (const value of answer) expect(value).toBe(1);
    };
    const refused = await read().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'stream_failed' });
    expect(String(refused)).not.toContain('secret');
    expect(agents.heard).toEqual([expect.objectContaining({ message: 'a secret of the handler' })]);
    await expect(agents.guest.stream(host, 'fails').json()).rejects.toMatchObject({ code: 'stream_failed' });
  });

  test('by send, which reads no stream of values', async () => {
    const { told, count } = counting();
    agents.hosting.handle('count', count);
    await expect(agents.guest.send(host, 'count')).rejects.toMatchObject({
      code: 'invalid_input',
      detail: expect.stringContaining('stream()'),
    });
    await expect.poll(() => told.isOver, patience).toBe(true);
  });

  test('by the timeout of send, which covers its bytes', async () => {
    agents.hosting.handle('slow', (_, { signal }) => {
      const stream = new ReadableStream<Uint8Array>({
        pull: () => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      });
      return streamed(stream);
    });
    await expect(agents.guest.send(host, 'slow', null, { timeout: 300 })).rejects.toMatchObject({ code: 'timed_out' });
  });

  test('by closing the agent that reads', async () => {
    const { told, count } = counting();
    agents.hosting.handle('count', count);
    const third = await Agent.open({
      id: 'third_agent_001',
      server: agents.server,
      folder: join(agents.folder, 'third'),
    });
    const values = third.stream(host, 'count')[Symbol.asyncIterator]();
    expect((await values.next()).value).toBe(0);
    await third.close();
    const rest = async () => {
      while ((await values.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'agent_closed' });
    await expect.poll(() => told.isOver, patience).toBe(true);
  });
});
