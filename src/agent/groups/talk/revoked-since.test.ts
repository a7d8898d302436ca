import { expect, test } from 'vitest';
import { caughtUp, groupId, names, three } from './testing/talk-world.ts';

const { traveller } = names;
const notTrusted = { status: 'failed', error: { code: 'member_not_trusted' } };

test('a request of a sender that is not trusted any more does not run after a restart', async () => {
  const { t, h } = await three();
  h.isByPerson = true;
  await t.talk.ask({ groupId, method: 'count', parameters: null });
  await caughtUp([t, h], async () => expect(await h.said()).toMatchObject([{ status: 'held' }]));
  const again = await h.restart();
  again.isByPerson = true;
  again.apart.set(traveller, 'not_trusted');
  await again.begin();
  await caughtUp([again], async () => expect(await again.said()).toMatchObject([notTrusted]));
});

test('what a person answers once the sender is not trusted any more is not sent', async () => {
  const { t, h } = await three();
  h.isByPerson = true;
  await t.talk.ask({ groupId, method: 'count', parameters: null });
  await caughtUp([t, h], async () => expect(await h.said()).toMatchObject([{ status: 'held' }]));
  const [held] = await h.said();
  await caughtUp([h], () => {
    h.answerers.answer(held?.peerId ?? '', held?.requestId ?? '', { status: 'SUCCESS', result: 1 });
    h.apart.set(traveller, 'diverged');
  });
  await caughtUp([h, t], async () =>
    expect(await h.said()).toMatchObject([{ status: 'failed', error: { code: 'group_forked' } }]),
  );
  expect((await t.said())[0]?.group?.answers).toEqual([]);
});

test('a request waits until it is known whether its sender is trusted', async () => {
  const { world, t, h } = await three();
  let ran = 0;
  h.methods.register('count', () => ++ran);
  h.isWaiting = true;
  await t.talk.ask({ groupId, method: 'count', parameters: null });
  await caughtUp([t, h], async () => expect(await h.said()).toMatchObject([{ status: 'pending' }]));
  h.isWaiting = false;
  await caughtUp([h, t], async () => {
    world.clock.advance(5_000);
    expect(await h.said()).toMatchObject([{ status: 'success', result: 1 }]);
  });
  expect(ran).toBe(1);
});
