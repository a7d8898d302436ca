import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AnswerStream, type Json, streamed } from './node.ts';
import { counting, host, items, material, type TwoAgents, twoAgents } from './testing/two-agents.ts';

const patience = { timeout: 60_000, interval: 20 };
const large = 3 * 1024 * 1024 + 77;
let agents: TwoAgents;
beforeAll(async () => {
  agents = await twoAgents();
}, 120_000);
afterAll(() => agents?.end());

function joined(parts: readonly (Json | Uint8Array)[]): number[] {
  return parts.flatMap((part) => (part instanceof Uint8Array ? [...part] : []));
}

describe('an answer', () => {
  const bytes = material(5_000);
  const longer = material(large);
  test.each<[string, () => unknown, string, number | undefined, Uint8Array]>([
    ['a Uint8Array', () => bytes, 'application/octet-stream', bytes.length, bytes],
    ['a long Uint8Array', () => longer, 'application/octet-stream', large, longer],
    ['no bytes', () => new Uint8Array(0), 'application/octet-stream', 0, new Uint8Array(0)],
    ['a Blob', () => new Blob([bytes], { type: 'image/png' }), 'image/png', bytes.length, bytes],
    ['a ReadableStream', () => new Blob([longer]).stream(), 'application/octet-stream', undefined, longer],
  ])('that is %s comes as its bytes, by stream and by send', async (_, give, mediaType, size, expected) => {
    agents.hosting.handle('give', () => give() as Uint8Array);
    const answer = await agents.guest.stream(host, 'give');
    expect([answer.mediaType, answer.size, answer.result]).toEqual([mediaType, size, null]);
    expect(Buffer.compare(await answer.bytes(), expected)).toBe(0);
    expect(Buffer.compare(Buffer.from(joined(await items(agents.guest.stream(host, 'give')))), expected)).toBe(0);
    expect(Buffer.compare(await agents.guest.send<Uint8Array>(host, 'give'), expected)).toBe(0);
  });

  test('that is streamed has its name, its type and what is known at once', async () => {
    const words = { name: 'map.txt', mediaType: 'text/plain', size: 5, result: { pages: 1 } };
    agents.hosting.handle('map', () => streamed(new TextEncoder().encode('north'), words));
    const answer = await agents.guest.stream(host, 'map');
    expect(answer).toMatchObject(words);
    expect(await answer.text()).toBe('north');
    await expect(answer.text()).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('that is an async generator comes value by value, each when it is made', async () => {
    const next = Promise.withResolvers<void>();
    agents.hosting.handle('tell', async function* () {
      yield { word: 'once' };
      await next.promise;
      yield null;
      yield [1, 'two'];
    });
    const told: unknown[] = [];
    for await (const value of agents.guest.stream(host, 'tell')) {
      told.push(value);
      next.resolve();
    }
    expect(told).toEqual([{ word: 'once' }, null, [1, 'two']]);
    expect(await agents.guest.stream(host, 'tell').json()).toEqual(told);
    expect((await agents.guest.stream(host, 'tell')).mediaType).toBe('application/jsonl');
  });

  test('that is plain JSON is read by stream as well', async () => {
    agents.hosting.handle('plain', (parameters) => ({ parameters }));
    const answer = await agents.guest.stream(host, 'plain', [1]);
    expect([answer.mediaType, answer.result]).toEqual(['application/json', { parameters: [1] }]);
    expect(await items(answer)).toEqual([{ parameters: [1] }]);
    expect(await agents.guest.stream(host, 'plain', 2).json()).toEqual({ parameters: 2 });
    expect(await agents.guest.stream(host, 'plain', 2).text()).toBe('{"parameters":2}');
  });

  test('that is an error rejects every way to read it', async () => {
    await expect(agents.guest.stream(host, 'no_such_method')).rejects.toMatchObject({ code: 'unknown_method' });
    await expect(items(agents.guest.stream(host, 'no_such_method'))).rejects.toMatchObject({ code: 'unknown_method' });
    await expect(agents.guest.stream(host, 'no_such_method').bytes()).rejects.toMatchObject({ code: 'unknown_method' });
  });

  test('longer than its limit is refused, and cancelled at the peer', async () => {
    agents.hosting.handle('long', () => material(large));
    const refused = expect.objectContaining({ code: 'message_too_large' });
    await expect(agents.guest.stream(host, 'long').bytes({ limit: large - 1 })).rejects.toEqual(refused);
    expect(await agents.guest.stream(host, 'long').bytes({ limit: large })).toHaveLength(large);
    const { told, count } = counting();
    agents.hosting.handle('count', count);
    await expect(agents.guest.stream(host, 'count').json({ limit: 10 })).rejects.toEqual(refused);
    await expect.poll(() => told.isOver, patience).toBe(true);
  });

  test.each<[string, string]>([
    ['is not JSON', '1\n{"a":\n'],
    ['says one name twice', '1\n{"a":1,"a":2}\n'],
    ['is nested too deeply', `1\n${'['.repeat(17)}${']'.repeat(17)}\n`],
  ])('with a line that %s ends with the line, after the values before it', async (_, lines) => {
    agents.hosting.handle('lines', () => streamed(new TextEncoder().encode(lines), { mediaType: 'application/jsonl' }));
    const told: unknown[] = [];
    const read = async () => {
      for await (const value of agents.guest.stream(host, 'lines')) told.push(value);
    };
    await expect(read()).rejects.toMatchObject({ code: 'invalid_answer', detail: expect.stringContaining('Line 2 ') });
    expect(told).toEqual([1]);
  });
});

test('an answer is read once', async () => {
  agents.hosting.handle('plain', () => 1);
  const answer: AnswerStream = await agents.guest.stream(host, 'plain');
  expect(await answer.bytes()).toHaveLength(1);
  await expect(answer.json()).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(items(answer)).rejects.toMatchObject({ code: 'invalid_input' });
});
