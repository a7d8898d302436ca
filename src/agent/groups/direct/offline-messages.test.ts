import { expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import { caughtUp, groupId, names, type TalkAgent, TalkWorld } from '../talk/testing/talk-world.ts';
import { OfflineMessages } from './offline-messages.ts';

const { traveller, helper } = names;

async function two(): Promise<readonly [TalkWorld, TalkAgent, TalkAgent]> {
  const world = new TalkWorld(traveller, helper);
  world.kind = 'direct';
  return [world, await world.open(traveller), await world.open(helper)];
}

const now = () => 1_790_000_000_000;
const until = now() + 86_400_000;

function request(number: number): ExchangeView {
  const requestId = String(number).padStart(32, '0');
  const place = { requestId, sessionId: '', peerId: helper, direction: 'outgoing' as const };
  return { ...place, method: 'echo', parameters: number, at: 1_790_000_000_000 + number, status: 'pending' };
}

test('twenty messages are answered once and in order, though each side closes in between', async () => {
  const [, before, away] = await two();
  const created: string[] = [];
  const port = {
    directGroups: () => created.map((id) => ({ groupId: id, isUsable: true })),
    createDirect: async () => {
      created.push(groupId);
      return groupId;
    },
  };
  const messages = new OfflineMessages({ port, talk: before.talk, now });
  await before.begin();
  const all = Array.from({ length: 20 }, (_, number) => request(number));
  const kept = await Promise.all(all.map(async (one) => before.service.history.keep(one)));
  await Promise.all(kept.map((one) => messages.leave(one, until)));
  await before.catchUp();
  expect(created).toHaveLength(1);
  const [first] = await before.said(helper);
  expect(await messages.stored(first as ExchangeView)).toMatchObject({
    status: 'pending',
    group: { delivery: 'stored' },
  });
  expect(before.activity.snapshot().exchanges[0]).toMatchObject({ waiting: { for: 'return' } });
  const gone = await before.restart();
  const ran: unknown[] = [];
  const echo = (parameters: unknown) => {
    ran.push(parameters);
    return parameters;
  };
  away.methods.register('echo', echo);
  await away.begin();
  await caughtUp([away], () => expect(ran.length).toBeGreaterThan(5));
  const back = await away.restart();
  back.methods.register('echo', echo);
  await back.begin();
  await caughtUp([back], async () => {
    expect((await back.said(traveller)).filter(({ status }) => status === 'pending')).toEqual([]);
  });
  await gone.begin();
  await caughtUp([back, gone], async () => {
    const answered = await gone.said(helper);
    expect(answered.filter(({ status }) => status === 'pending')).toEqual([]);
    expect(answered).toHaveLength(20);
  });
  const answered = await gone.said(helper);
  expect(answered.map(({ parameters }) => parameters)).toEqual(all.map(({ parameters }) => parameters));
  // One whose handler was at it as its agent was closed is not run again, and says so.
  const interrupted = answered.filter(({ status }) => status === 'error');
  expect(interrupted.length).toBeLessThanOrEqual(1);
  for (const { error } of interrupted) expect(error?.code).toBe('handler_failed');
  expect(new Set(ran).size).toBe(ran.length);
  expect(ran).toEqual([...ran].sort((a, b) => Number(a) - Number(b)));
  expect(gone.activity.snapshot().exchanges.every(({ waiting }) => waiting === undefined)).toBe(true);
});

test('of several groups with a peer the lowest that can be used is taken, and what cannot be left changes nothing', async () => {
  const asked: string[] = [];
  const refused = new ParleyError('no_key_package', 'There is none.');
  const groups = [
    { groupId: '33', isUsable: true },
    { groupId: '11', isUsable: false },
    { groupId: '22', isUsable: true },
  ];
  const talk = {
    askIn: async (id: string) => {
      asked.push(id);
      throw refused;
    },
    stored: () => Promise.reject(refused),
  };
  const port = { directGroups: () => groups, createDirect: () => Promise.reject(refused) };
  const messages = new OfflineMessages({ port, talk, now });
  await expect(messages.leave(request(1), until)).rejects.toThrow('no_key_package');
  groups.length = 0;
  await expect(messages.leave(request(2), until)).rejects.toThrow('no_key_package');
  expect(asked).toEqual(['22']);
});

test('what came over a session before it was left does not run again', async () => {
  const [world, t, h] = await two();
  await t.begin();
  await h.begin();
  h.methods.register('echo', () => 'again');
  const [exchange] = [request(7)];
  await h.service.history.keep({
    ...exchange,
    ...{ peerId: traveller, direction: 'incoming', status: 'success', result: 'the first time' },
  });
  const port = { directGroups: () => [{ groupId, isUsable: true }], createDirect: () => Promise.resolve(groupId) };
  await new OfflineMessages({ port, talk: t.talk, now }).leave(await t.service.history.keep(exchange), until);
  await caughtUp([t, h], async () => {
    expect((await t.said(helper))[0]).toMatchObject({ status: 'success', result: 'the first time' });
  });
  expect(world.log).toHaveLength(2);
});
