import { expect, test } from 'vitest';
import { conversationOf } from '../../contracts/group-views.ts';
import { messageIdOf } from './one-talk.ts';
import { caughtUp, groupId, names, TalkWorld, three } from './testing/talk-world.ts';

const { traveller, helper, keeper } = names;

const id = (digits: string) => messageIdOf(digits.repeat(16));
const now = 1_790_000_000;

test('what is said reaches everybody once, in the order of the log, and is delivered once all have said something', async () => {
  const { t, h, k } = await three();
  const said = await t.talk.say({ groupId, content: 'Hello' });
  expect(said).toMatchObject({ status: 'pending', peerId: conversationOf(groupId), group: { delivery: 'sending' } });
  await caughtUp([t, h, k], async () => {
    expect(await t.talk.stored((await t.said())[0] as typeof said)).toMatchObject({
      group: { delivery: 'stored', index: 0 },
    });
  });
  expect(await h.said()).toMatchObject([
    {
      direction: 'incoming',
      method: 'say',
      parameters: 'Hello',
      status: 'success',
      group: { sender: traveller, index: 0 },
    },
  ]);
  expect(h.talk.view(groupId)).toMatchObject({ unread: 1, latestAt: 1_790_000_000_000 });
  await h.talk.say({ groupId, content: 'Hi' });
  await caughtUp([h, t, k], async () => {
    expect((await t.said())[0]).toMatchObject({ status: 'success', group: { delivery: 'stored' } });
  });
  await k.talk.say({ groupId, content: 'Good evening' });
  await caughtUp([k, t, h], async () => {
    expect((await t.said())[0]).toMatchObject({ group: { delivery: 'delivered' } });
  });
  expect((await t.said()).map(({ parameters }) => parameters)).toEqual(['Hello', 'Hi', 'Good evening']);
});

test('a request runs once at each that is asked, and every answer stands under it', async () => {
  const { t, h, k } = await three();
  let ran = 0;
  h.methods.register('count', () => ++ran);
  await t.talk.ask({ groupId, method: 'count', parameters: null });
  await caughtUp([t, h], async () => expect((await t.said())[0]?.group?.answers).toHaveLength(1));
  await caughtUp([t, h, k], async () => expect((await t.said())[0]?.group?.answers).toHaveLength(2));
  const [asked] = await t.said();
  expect(asked).toMatchObject({
    status: 'success',
    group: {
      awaiting: [],
      answers: [
        { from: helper, status: 'success', result: 1 },
        { from: keeper, status: 'error', error: { code: 'unknown_method' } },
      ],
    },
  });
  expect(asked).not.toHaveProperty('result');
  expect((await k.said())[0]?.group?.answers.map(({ from }) => from).sort()).toEqual([helper, keeper]);
  expect((await h.said())[0]).toMatchObject({ status: 'success', result: 1, group: { awaiting: [] } });
});

test('only those that are named are asked, and the others see who was', async () => {
  const { t, h, k } = await three();
  await t.talk.ask({ groupId, method: 'echo', parameters: 'You', to: [keeper] });
  await caughtUp([t, h, k], async () => {
    expect((await t.said())[0]).toMatchObject({ status: 'success', result: 'You', group: { to: [keeper] } });
  });
  expect((await h.said())[0]).toMatchObject({ group: { to: [keeper], awaiting: [], answers: [{ from: keeper }] } });
  await expect(t.talk.ask({ groupId, method: 'echo', parameters: 1, to: [traveller] })).rejects.toThrow(
    'invalid_input',
  );
});

test('a sender that may not call a method is told so, and nothing runs', async () => {
  const { t, h, k } = await three();
  h.permitted = (peerId, method) => !(peerId === traveller && method === 'echo');
  await t.talk.ask({ groupId, method: 'echo', parameters: 'x', to: [helper] });
  await caughtUp([t, h, k], async () => {
    expect((await t.said())[0]).toMatchObject({ status: 'error', error: { code: 'not_permitted' } });
  });
});

test('what is expired, diverged or of somebody who is not trusted does not run, and is not answered', async () => {
  const { world, t, h, k } = await three();
  let ran = 0;
  for (const agent of [h, k]) agent.methods.register('count', () => ++ran);
  await t.talk.ask({ groupId, method: 'count', parameters: null, expires: 60_000 });
  await t.catchUp();
  h.apart.set(traveller, 'diverged');
  await h.catchUp();
  world.clock.advance(61_000);
  await caughtUp([k, h, t], async () => {
    expect(ran).toBe(0);
  });
  expect((await h.said())[0]).toMatchObject({
    status: 'failed',
    error: { code: 'group_forked' },
    group: { apart: 'diverged' },
  });
  expect((await k.said())[0]).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
  expect((await t.said())[0]).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
});

test('a request is over 30 days after it was logged, whatever its sender says of the time', async () => {
  const { world, t, h } = await three();
  h.isByPerson = true;
  const day = 86_400;
  const request = { type: 'GROUP_REQUEST', messageId: id('05'), method: 'echo', parameters: null } as const;
  world.append(traveller, { ...request, sentAt: now + 9_000 * day, expiresAt: now + 9_030 * day });
  await h.catchUp();
  const until = 1_000 * (now + 30 * day);
  expect((await h.said())[0]).toMatchObject({ status: 'held', answerBy: until, group: { expiresAt: until } });
  void t;
});

test('a message_id counts once for its sender, also after a restart; that of another is another message', async () => {
  const { world, t, h, k } = await three();
  const payload = { type: 'GROUP_MESSAGE', messageId: id('01'), sentAt: now, content: 'once' } as const;
  world.append(traveller, payload);
  world.append(traveller, payload);
  await h.catchUp();
  const again = await h.restart();
  await again.begin();
  world.append(traveller, { ...payload, content: 'twice' });
  world.append(keeper, { ...payload, content: 'mine' });
  await again.catchUp();
  expect((await again.said()).map(({ parameters }) => parameters)).toEqual(['once', 'mine']);
  expect(again.talk.view(groupId).unread).toBe(2);
  world.clock.advance(32 * 86_400_000);
  world.append(keeper, { ...payload, messageId: id('02'), content: 'later' });
  await again.catchUp();
  expect(again.parts('talk/id/')).toHaveLength(1);
  void [t, k];
});

test('two requests with one message_id are answered one after the other, each under its own', async () => {
  const { world, t, h, k } = await three();
  const gate = Promise.withResolvers<void>();
  h.methods.register('slow', async () => {
    await gate.promise;
    return 'slow';
  });
  const request = {
    type: 'GROUP_REQUEST',
    messageId: id('03'),
    sentAt: now,
    expiresAt: now + 600,
    to: [helper],
  } as const;
  world.append(traveller, { ...request, method: 'slow', parameters: null });
  world.append(keeper, { ...request, method: 'echo', parameters: 'quick' });
  await h.catchUp();
  gate.resolve();
  await caughtUp([h, k], async () => {
    expect((await k.said())[0]).toMatchObject({ direction: 'incoming', group: { answers: [{ result: 'slow' }] } });
  });
  await caughtUp([h], async () => {
    expect((await h.said()).map(({ result }) => result)).toEqual(['slow', 'quick']);
  });
  void t;
});

test('a request that was kept and had not begun runs after a restart; one whose handler had begun does not run again', async () => {
  const { t, h, k } = await three();
  let ran = 0;
  const gate = Promise.withResolvers<void>();
  h.methods.register('slow', async () => {
    ran += 1;
    await gate.promise;
  });
  await t.talk.ask({ groupId, method: 'slow', parameters: 1, to: [helper] });
  await t.talk.ask({ groupId, method: 'echo', parameters: 2, to: [helper] });
  await caughtUp([t, h], async () => {
    expect(ran).toBe(1);
  });
  const again = await h.restart();
  gate.resolve();
  again.methods.register('echo', (parameters) => parameters);
  again.methods.register('slow', () => ++ran);
  await again.begin();
  await caughtUp([again, t, k], async () => {
    expect(await t.said()).toMatchObject([
      { status: 'error', error: { code: 'handler_failed' } },
      { status: 'success', result: 2 },
    ]);
  });
  expect(ran).toBe(1);
});

test('an answer that was kept and not appended goes out after a restart, and the handler does not run again', async () => {
  const { t, h, k } = await three();
  let ran = 0;
  h.methods.register('count', () => ++ran);
  await t.talk.ask({ groupId, method: 'count', parameters: null, to: [helper] });
  await t.catchUp();
  h.isOffline = true;
  await caughtUp([h], async () => expect((await h.said())[0]).toMatchObject({ status: 'success' }));
  const again = await h.restart();
  again.methods.register('count', () => ++ran);
  await again.begin();
  await caughtUp([again, t, k], async () => {
    expect((await t.said())[0]).toMatchObject({ status: 'success', result: 1 });
  });
  expect(ran).toBe(1);
});

test('a person answers when they like, also after a restart, until the request expires', async () => {
  const { t, h, k, world } = await three();
  h.isByPerson = true;
  await t.talk.ask({ groupId, method: 'send_request', parameters: 'Where?', to: [helper] });
  await t.talk.ask({ groupId, method: 'send_request', parameters: 'When?', to: [helper], expires: 60_000 });
  await caughtUp([t, h], async () => expect(await h.said()).toMatchObject([{ status: 'held' }, { status: 'held' }]));
  const again = await h.restart();
  await again.begin();
  world.clock.advance(61_000);
  await caughtUp([again], async () => {
    expect(await again.said()).toMatchObject([{ status: 'held' }, { status: 'failed', error: { code: 'timed_out' } }]);
  });
  const [first] = await again.said();
  again.answerers.answer(conversationOf(groupId), first?.requestId ?? '', { status: 'SUCCESS', result: 'Here' });
  await caughtUp([again, t, k], async () => {
    expect((await t.said())[0]).toMatchObject({ status: 'success', result: 'Here' });
  });
  expect((await t.said())[1]).toMatchObject({ status: 'failed' });
});

test('what was asked before this agent left is not answered, and what was said is still there', async () => {
  const { t, h, world } = await three();
  let ran = 0;
  await t.talk.ask({ groupId, method: 'count', parameters: null, to: [helper] });
  h.isByPerson = true;
  await caughtUp([t, h], async () => expect(await h.said()).toMatchObject([{ status: 'held' }]));
  world.members = [traveller, keeper];
  const again = await h.restart();
  again.methods.register('count', () => ++ran);
  await again.begin();
  expect(again.talk.view(groupId)).toMatchObject({ unread: 1 });
  expect(await again.said()).toHaveLength(1);
  await expect(again.talk.say({ groupId, content: 'Hello?' })).rejects.toThrow('unknown_group');
  expect(ran).toBe(0);
});

test('nobody waits for a member that has gone', async () => {
  const { t, h, k, world } = await three();
  await t.talk.ask({ groupId, method: 'echo', parameters: 'All' });
  await caughtUp([t, h], async () => {
    expect((await t.said())[0]).toMatchObject({ status: 'pending', group: { awaiting: [keeper] } });
  });
  expect(t.activity.snapshot().exchanges[0]).toMatchObject({ waiting: { for: 'answer' } });
  world.members = [traveller, helper];
  await t.keep(groupId, () => t.talk.membersChanged(groupId));
  expect((await t.said())[0]).toMatchObject({ status: 'success', group: { awaiting: [] } });
  void k;
});

test('receipts are sent only when they are on, and say what was read', async () => {
  const { t, h, k } = await three();
  await t.talk.say({ groupId, content: 'Hello' });
  await caughtUp([t, h, k], () => expect(k.talk.view(groupId).unread).toBe(1));
  await h.talk.markRead(groupId);
  await caughtUp([h, t], async () => {
    expect(h.talk.view(groupId).unread).toBe(0);
  });
  expect(t.talk.view(groupId).read.get(helper)).toBeUndefined();
  for (const agent of [h, k]) {
    await agent.talk.setReceipts(groupId, true);
    await agent.talk.markRead(groupId);
    await caughtUp([agent, t], () => expect(t.talk.view(groupId).read.get(agent.self)).toBeGreaterThanOrEqual(0));
  }
  expect(t.talk.view(groupId).read.get(helper)).toBe(0);
  expect((await t.said())[0]).toMatchObject({ group: { delivery: 'delivered' } });
  const again = await h.restart();
  await again.begin();
  expect(again.talk.view(groupId)).toMatchObject({ unread: 0, sendsReceipts: true });
});

test('in a direct group everything stands in the conversation with the peer', async () => {
  const world = new TalkWorld(traveller, helper);
  world.kind = 'direct';
  const [t, h] = [await world.open(traveller), await world.open(helper)];
  h.methods.register('echo', (parameters) => parameters);
  for (const agent of [t, h]) await agent.begin();
  await t.talk.ask({ groupId, method: 'echo', parameters: 'Are you back?' });
  await t.catchUp();
  expect(t.activity.snapshot().exchanges[0]).toMatchObject({ peerId: helper, waiting: { for: 'return' } });
  await caughtUp([h, t], async () => {
    expect((await t.said(helper))[0]).toMatchObject({
      status: 'success',
      result: 'Are you back?',
      group: { delivery: 'delivered' },
    });
  });
  expect((await h.said(traveller))[0]).toMatchObject({ direction: 'incoming', status: 'success' });
});
