import { expect, test, vi } from 'vitest';
import { caughtUp, groupId, names, three } from './testing/talk-world.ts';

test('a handler that gives bytes or a stream fails in a group, and its own side is told', async () => {
  const { t, h } = await three();
  const reported = vi.spyOn(h.methods, 'report');
  h.methods.register('bytes', () => new Uint8Array(3));
  h.methods.register('count', async function* () {
    yield 1;
  });
  for (const method of ['bytes', 'count']) await t.talk.ask({ groupId, to: [names.helper], method, parameters: null });
  await caughtUp([t, h], async () => {
    const said = await t.said();
    expect(said.map(({ group }) => group?.answers)).toMatchObject([
      [{ from: names.helper, status: 'error', error: { code: 'handler_failed' } }],
      [{ from: names.helper, status: 'error', error: { code: 'handler_failed' } }],
    ]);
  });
  expect(reported.mock.calls.map(([, method]) => method)).toEqual(['bytes', 'count']);
});
