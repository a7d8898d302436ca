import { beforeAll, expect, test } from 'vitest';
import type { Agent } from '../agent.ts';
import { names } from '../testing/pair.ts';
import { TestWorld } from '../testing/world.ts';
import { MethodRegistry } from './methods.ts';

const smiles = (count: number) => '😀'.repeat(count);
let traveller: Agent;

beforeAll(async () => {
  const world = await TestWorld.create();
  const methods = new MethodRegistry();
  for (const method of ['x', smiles(128)]) methods.register(method, () => 'done');
  ({ agent: traveller } = await world.open(names.traveller, 'https://localhost:5000'));
  await world.open(names.helper, 'https://localhost:5001', { methods });
});

test.each([
  ['x', 'x'],
  [smiles(128), smiles(128)],
])('a method and a request_id have 1 to 128 characters, not code units', async (method, requestId) => {
  const sent = traveller.send({ peerId: names.helper, method, parameters: null, requestId });
  expect(await sent).toMatchObject({ status: 'success', result: 'done' });
});

test.each([
  ['', 'a'],
  ['x', ''],
  [smiles(129), 'b'],
  ['x', smiles(129)],
  ['\ud83d', 'c'],
  ['x', '\ud83d'],
])('any other is refused before anything is sent', async (method, requestId) => {
  const sent = traveller.send({ peerId: names.helper, method, parameters: null, requestId });
  await expect(sent).rejects.toMatchObject({ code: 'invalid_input' });
});

test.each([
  [{ method: 7 }, 'A method'],
  [{ requestId: {} }, 'A request_id'],
  [{ timeout: '60' }, 'A timeout'],
  [{ timeout: Number.NaN }, 'A timeout'],
  [{ whenAway: 'later' }, 'whenAway'],
  [{ expires: 1_000 }, 'expires'],
  [{ whenAway: 'store', expires: Number.NaN }, 'expires'],
  [{ whenAway: 'store', expires: -1 }, 'expires'],
  [{ whenAway: 'store', expires: 31 * 86_400_000 }, 'expires'],
])('%j, as a page or a program without types gives it, is refused before anything is sent', async (wrong, words) => {
  const before = traveller.snapshot().exchanges.length;
  const sent: unknown = Reflect.apply(traveller.send, traveller, [
    { peerId: names.helper, method: 'x', parameters: null, ...wrong },
  ]);
  await expect(sent).rejects.toMatchObject({ code: 'invalid_input', detail: expect.stringContaining(words) });
  expect(traveller.snapshot().exchanges).toHaveLength(before);
});
