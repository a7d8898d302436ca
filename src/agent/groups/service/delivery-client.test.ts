import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { tokenCall } from '../../../group/wire/delivery-calls.ts';
import { problemResponse } from '../../../http/problem-response.ts';
import { concat } from '../../../protocol/bytes.ts';
import { verifyPss } from '../../../protocol/crypto/signatures.ts';
import { type ErrorCode, ParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../../protocol/wire/canonical.ts';
import { label } from '../../../protocol/wire/label.ts';
import { OwnClock } from '../../controller/own-clock.ts';
import { generateRsa } from '../../testing/world.ts';
import { DeliveryClient } from './delivery-client.ts';
import { DeliveryHttp } from './delivery-http.ts';
import { DeliveryToken } from './delivery-token.ts';

const pair = await generateRsa('signing', 2_048);
const start = 1_790_000_000;
const group = 'ab'.repeat(16);
const hash = new Uint8Array(32).fill(7);
const message = Uint8Array.of(1, 2, 3);

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: unknown;
}
type Answer = (asked: Asked) => Response | ParleyError;

/** A service that gives a token and answers every other call with `answer`; its time and this device's are `world`'s. */
function clientOf(answer: Answer) {
  const world = { seconds: start, ahead: 0, asked: [] as Asked[], waits: [] as number[], isStopped: false, tokens: 0 };
  const now = () => 1_000 * (world.seconds + world.ahead);
  const given = async (asked: Asked) => {
    if (asked.path !== '/delivery/token') return answer(asked);
    const { timestamp } = v.parse(tokenCall, asked.body);
    if (Math.abs(timestamp - world.seconds) > 300) {
      return problemResponse(new ParleyError('stale_timestamp', 'Not now.', { now: world.seconds }));
    }
    world.tokens += 1;
    return Response.json({ token: `token${world.tokens}`, expires_at: world.seconds + 3_600 }, { status: 201 });
  };
  const network = {
    send: async (request: Request) => {
      const text = await request.text();
      const asked = {
        method: request.method,
        path: request.url.slice('https://delivery.test'.length),
        token: request.headers.get('authorization')?.replace('Bearer ', ''),
        body: text === '' ? undefined : JSON.parse(text),
      };
      world.asked.push(asked);
      const answered = await given(asked);
      if (answered instanceof ParleyError) throw answered;
      return answered;
    },
  };
  const http = new DeliveryHttp(network, 'https://delivery.test/', now);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const environment = { subtle: crypto.subtle, random, now };
  const clock = new OwnClock(now);
  const signingKey = pair.privateKey;
  const token = new DeliveryToken({ http, agentId: 'helper_agent_001', signingKey, environment, clock });
  const pauses = { of: async (ms: number) => void world.waits.push(ms) };
  return {
    world,
    client: new DeliveryClient({ http, token, pauses, isStopped: () => world.isStopped, chance: () => 0 }),
    calls: () => world.asked.filter(({ path }) => path !== '/delivery/token'),
  };
}

const problem = (code: ErrorCode, more = {}) => problemResponse(new ParleyError(code, 'No.', more));
const ok = (body: unknown) => () => Response.json(body);

describe('the token', () => {
  test('is asked for with a statement that the signing key signed, and serves all calls that begin at once', async () => {
    const { client, world } = clientOf(ok({ index: 5 }));
    await Promise.all([client.markRead(group, 5), client.markRead(group, 5), client.markRead(group, 5)]);
    const asked = world.asked.filter(({ path }) => path === '/delivery/token');
    expect(asked).toHaveLength(1);
    const { signature, ...rest } = v.parse(tokenCall, asked[0]?.body);
    expect(rest).toMatchObject({ agent_id: 'helper_agent_001', server: 'https://delivery.test', timestamp: start });
    const signed = concat(label('delivery token'), canonicalBytes({ ...rest, nonce: encodeBase64(rest.nonce) }));
    expect(await verifyPss(crypto.subtle, pair.publicKey, signature, signed)).toBe(true);
    expect(world.asked.filter(({ token }) => token === 'token1')).toHaveLength(3);
  });

  test('is renewed before its hour ends', async () => {
    const { client, world } = clientOf(ok({ index: 5 }));
    for (const [seconds, tokens] of [
      [0, 1],
      [3_299, 1],
      [3_300, 2],
      [6_599, 2],
      [6_600, 3],
    ] as const) {
      world.seconds = start + seconds;
      await client.markRead(group, 5);
      expect(world.tokens).toBe(tokens);
    }
  });

  test('that the service knows no more is replaced once, and a second refusal is told', async () => {
    const { client, world } = clientOf(({ token }) =>
      token === 'token2' ? Response.json({ index: 5 }) : problem('not_authorized'),
    );
    expect(await client.markRead(group, 5)).toBe(5);
    expect(world.tokens).toBe(2);
    const other = clientOf(() => problem('not_authorized'));
    await expect(other.client.markRead(group, 5)).rejects.toMatchObject({ code: 'not_authorized' });
    expect(other.world.tokens).toBe(2);
  });

  test.each([
    [7_200, 'ahead'],
    [-90_000, 'behind'],
  ])('that is refused because this device’s clock is %i s away names the clock', async (ahead, words) => {
    const { client, world } = clientOf(ok({ index: 5 }));
    world.ahead = ahead;
    await expect(client.markRead(group, 5)).rejects.toMatchObject({
      code: 'clock_wrong',
      detail: expect.stringContaining(words),
    });
    expect(world.waits).toEqual([]);
  });

  test('is good for an hour by a clock that is a little wrong', async () => {
    const { client, world } = clientOf(ok({ index: 5 }));
    world.ahead = -200;
    await client.markRead(group, 5);
    world.seconds += 3_250;
    await client.markRead(group, 5);
    expect(world.tokens).toBe(1);
  });

  test('is revoked once, and not asked for to be revoked', async () => {
    const { client, calls, world } = clientOf(ok({}));
    await client.revokeToken();
    expect(world.asked).toEqual([]);
    await client.markInboxRead(1);
    await client.revokeToken();
    await client.revokeToken();
    expect(calls().slice(1)).toEqual([{ method: 'POST', path: '/delivery/token/revoke', token: 'token1', body: {} }]);
  });
});

describe('a call', () => {
  test('says what the page says, and reads its answer', async () => {
    const base64 = encodeBase64(message);
    const entry = { index: 4, kind: 'commit', sender: 'helper_agent_001', at: start, message: base64 };
    const lists = { members: ['a_agent', 'b_agent'], admins: ['a_agent'] };
    const dropped = { index: 5, kind: 'message', sender: 'a_agent', at: start, message_hash: encodeBase64(hash) };
    const head = encodeBase64(hash);
    const { client, calls } = clientOf(({ path, method }) => {
      if (path.endsWith('/take')) return Response.json({ key_package: base64, last_resort: true });
      if (method === 'PUT') return Response.json({ remaining: 21 });
      if (path.startsWith('/delivery/inbox?')) {
        const item = { index: 8, group_id: group, entry: 4, from: 'a_agent', message: base64 };
        return Response.json({ items: [item], next: 9 });
      }
      if (path.includes('entries?')) {
        return Response.json({ entries: [{ ...entry, ...lists }, dropped], before: head, next: 6, head });
      }
      return path.endsWith('/entries')
        ? Response.json({ index: 4, head }, { status: 201 })
        : Response.json(path.startsWith('/delivery/inbox') ? {} : { index: 6 });
    });
    expect(await client.offerKeyPackages({ oneTime: [message], lastResort: hash, replace: true })).toBe(21);
    expect(await client.offerKeyPackages({ oneTime: [] })).toBe(21);
    expect(await client.takeKeyPackage('helper_agent_001')).toEqual({ keyPackage: message, isLastResort: true });
    const entryId = 'cd'.repeat(16);
    const welcome = { message, to: ['b_agent', 'a_agent'] };
    const commit = { entryId, kind: 'commit', after: -1, message, lists, welcome } as const;
    expect(await client.append(group, commit)).toEqual({ kind: 'stored', index: 4, head: hash });
    await client.append(group, { entryId, kind: 'proposal', after: 4, message, isLeaving: true });
    expect(await client.entries(group, 4)).toEqual({
      entries: [
        { index: 4, kind: 'commit', sender: 'helper_agent_001', at: start, content: { message }, lists },
        { index: 5, kind: 'message', sender: 'a_agent', at: start, content: { messageHash: hash } },
      ],
      before: hash,
      next: 6,
      head: hash,
    });
    expect(await client.markRead(group, 5)).toBe(6);
    expect(await client.inbox(3)).toEqual({
      items: [{ index: 8, groupId: group, entry: 4, from: 'a_agent', message }],
      next: 9,
    });
    await client.markInboxRead(8);
    expect(calls().map(({ token: _, ...asked }) => asked)).toEqual([
      {
        method: 'PUT',
        path: '/delivery/key-packages',
        body: { one_time: [base64], last_resort: encodeBase64(hash), replace: true },
      },
      { method: 'PUT', path: '/delivery/key-packages', body: { one_time: [] } },
      { method: 'POST', path: '/delivery/key-packages/helper_agent_001/take', body: {} },
      {
        method: 'POST',
        path: `/delivery/groups/${group}/entries`,
        body: {
          entry_id: entryId,
          kind: 'commit',
          after: -1,
          message: base64,
          ...lists,
          welcome: { message: base64, to: ['a_agent', 'b_agent'] },
        },
      },
      {
        method: 'POST',
        path: `/delivery/groups/${group}/entries`,
        body: { entry_id: entryId, kind: 'proposal', after: 4, message: base64, leaving: true },
      },
      { method: 'GET', path: `/delivery/groups/${group}/entries?from=4`, body: undefined },
      { method: 'POST', path: `/delivery/groups/${group}/read`, body: { index: 5 } },
      { method: 'GET', path: '/delivery/inbox?from=3', body: undefined },
      { method: 'POST', path: '/delivery/inbox/read', body: { index: 8 } },
    ]);
  });

  test('that comes after a newer commit is told which one, and is not made again', async () => {
    const { client, calls } = clientOf(() => {
      const refusal = { code: 'group_epoch_conflict', title: 'Newer', status: 409, detail: 'Read on.', index: 12 };
      return Response.json(refusal, { status: 409, headers: { 'content-type': 'application/problem+json' } });
    });
    const entry = { entryId: 'cd'.repeat(16), kind: 'message', after: 3, message } as const;
    expect(await client.append(group, entry)).toEqual({ kind: 'conflict', index: 12 });
    expect(calls()).toHaveLength(1);
  });

  const lost = () => new ParleyError('peer_unreachable', 'Nobody answers.');
  test.each([
    ['no answer', lost, 'delivery_unreachable'],
    ['a proxy’s page', () => new Response('<html>', { status: 502 }), 'delivery_unreachable'],
    ['something else', () => Response.json({ hello: 1 }), 'delivery_unreachable'],
    ['a limit', () => problem('rate_limited', { retryAfter: 1 }), 'rate_limited'],
    ['a service that starts', () => problem('unavailable'), 'unavailable'],
  ] as const)('that gets %s is made again, each time after a longer wait, and gives up', async (_, answer, code) => {
    const { client, world, calls } = clientOf(answer);
    await expect(client.markRead(group, 5)).rejects.toMatchObject({ code });
    expect(calls()).toHaveLength(4);
    expect(world.waits).toEqual(code === 'rate_limited' ? [1_000, 1_000, 1_000] : [250, 500, 1_000]);
  });

  test('whose answer was lost is the same when it is made again', async () => {
    const answers = [lost(), Response.json({ index: 4, head: encodeBase64(hash) }, { status: 201 })];
    const { client, calls } = clientOf(() => answers.shift() ?? lost());
    const entry = { entryId: 'cd'.repeat(16), kind: 'message', after: 3, message } as const;
    expect(await client.append(group, entry)).toMatchObject({ kind: 'stored' });
    expect(calls()).toHaveLength(2);
    expect(calls()[1]).toEqual(calls()[0]);
  });

  test.each([
    ['that takes a KeyPackage', () => lost(), 'delivery_unreachable'],
    ['that has to wait for long', () => problem('rate_limited', { retryAfter: 3_000 }), 'rate_limited'],
    ['that is refused for what it says', () => problem('not_permitted'), 'not_permitted'],
    ['of a group that is not there', () => problem('unknown_group'), 'unknown_group'],
  ] as const)('%s is made once', async (_, answer, code) => {
    const { client, calls } = clientOf(answer);
    await expect(client.takeKeyPackage('helper_agent_001')).rejects.toMatchObject({ code });
    expect(calls()).toHaveLength(1);
    if (code === 'delivery_unreachable') return;
    await expect(client.markRead(group, 5)).rejects.toMatchObject({ code });
    expect(calls()).toHaveLength(2);
  });

  test('is not made again once the agent stops', async () => {
    const { client, world, calls } = clientOf(lost);
    world.isStopped = true;
    await expect(client.markRead(group, 5)).rejects.toMatchObject({ code: 'delivery_unreachable' });
    expect(calls()).toHaveLength(1);
  });

  test('for entries that gets those before what was asked for is no answer; one that ends before that is told', async () => {
    const head = encodeBase64(hash);
    const entry = { index: 2, kind: 'message', sender: 'a_agent', at: start, message: encodeBase64(message) };
    const other = clientOf(ok({ entries: [entry], before: head, next: 3, head }));
    await expect(other.client.entries(group, 4)).rejects.toMatchObject({ code: 'delivery_unreachable' });
    const short = clientOf(ok({ entries: [], before: head, next: 3, head }));
    expect(await short.client.entries(group, 4)).toMatchObject({ entries: [], next: 3 });
  });
});
