import { describe, expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../../group/testing/fuzz.ts';
import { Chance } from '../../../mls/testing/chance.ts';
import { mutatedBytes } from '../../../mls/testing/mutated-bytes.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import type { DeliveryNotice } from '../../contracts/notices.ts';
import { OwnClock } from '../../controller/own-clock.ts';
import { generateRsa } from '../../testing/world.ts';
import { DeliveryClient } from './delivery-client.ts';
import { DeliveryHttp } from './delivery-http.ts';
import { DeliveryToken } from './delivery-token.ts';
import { NoticeStream } from './notice-stream.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const timeout = 1_800_000;
const chance = new Chance(Date.now());
const { privateKey: signingKey } = await generateRsa('signing', 2_048);
const at = 1_790_000_000;
const group = 'ab'.repeat(16);
const hash = encodeBase64(new Uint8Array(32).fill(7));
const decoder = new TextDecoder();
const nothing = new Uint8Array(0);
const toAppend = { entryId: group, kind: 'message', after: -1, message: Uint8Array.of(1) } as const;
const token = { token: 'token', expires_at: at + 3_600 };

/** A client of a service that answers every call, but the one for a token, as `answer` says. */
function clientOf(answer: () => Response, tokenAnswer = () => Response.json(token, { status: 201 })) {
  const now = () => 1_000 * at;
  const send = async ({ url }: Request) => (url.endsWith('/delivery/token') ? tokenAnswer() : answer());
  const stream = async () => answer();
  const http = new DeliveryHttp({ send, stream }, 'https://delivery.test', now);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const environment = { subtle: crypto.subtle, random, now };
  const tokens = new DeliveryToken({ http, agentId: 'helper', signingKey, environment, clock: new OwnClock(now) });
  const pauses = { of: async () => undefined };
  const client = new DeliveryClient({ http, token: tokens, pauses, isStopped: () => true, chance: () => 0 });
  return { client, stream: new NoticeStream(http, tokens) };
}

const message = { index: 3, kind: 'message', sender: 'anna', message: 'AQID', at };
const commit = { ...message, index: 4, kind: 'commit', members: ['anna', 'bert'], admins: ['anna'] };
const item = { index: 1, group_id: group, entry: 2, from: 'anna', message: 'AQID' };

/** Each call, an answer to it, and what is read of it as the answer has it. */
const calls: readonly (readonly [string, JsonValue, (client: DeliveryClient) => Promise<unknown>])[] = [
  ['KeyPackages', { remaining: 3 }, async (client) => ({ remaining: await client.offerKeyPackages({ oneTime: [] }) })],
  [
    'a KeyPackage',
    { key_package: 'AQID', last_resort: true },
    async (client) => {
      const { keyPackage, isLastResort } = await client.takeKeyPackage('bert');
      return { key_package: keyPackage, last_resort: isLastResort };
    },
  ],
  [
    'an append',
    { index: 4, head: hash },
    async (client) => {
      const { kind, ...stored } = await client.append(group, toAppend);
      return kind === 'stored' ? stored : {};
    },
  ],
  [
    'a page of the log',
    { entries: [message, commit], before: hash, next: 5, head: hash },
    async (client) => {
      const { entries, ...page } = await client.entries(group, 3);
      const shown = entries.map(({ lists, content, ...entry }) => ({
        ...entry,
        ...lists,
        ...('message' in content ? { message: content.message } : { message_hash: content.messageHash }),
      }));
      return { ...page, entries: shown };
    },
  ],
  ['a position', { index: 4 }, async (client) => ({ index: await client.markRead(group, 4) })],
  [
    'the inbox',
    { items: [item], next: 2 },
    async (client) => {
      const { items, next } = await client.inbox(0);
      return { items: items.map(({ groupId, ...rest }) => ({ group_id: groupId, ...rest })), next };
    },
  ],
  ['an inbox that was read', {}, async (client) => (await client.markInboxRead(2)) ?? {}],
];

describe('an answer of the delivery service that was changed', { timeout }, () => {
  test.each(calls)('to %s is refused, or read as it is', async (_, sample, call) => {
    const target = {
      sample,
      read: (bytes: Bytes) => call(clientOf(() => new Response(bytes)).client),
      isFaithful: (value: unknown, bytes: Bytes) => saysTheSame(value, JSON.parse(decoder.decode(bytes)), false),
    };
    const { refused } = await fuzzed(target, runs, chance);
    expect(refused).toBeGreaterThan(runs / 10);
  });

  test('with a token stops the call, or gives it', async () => {
    const read = (bytes: Bytes) => {
      const { client } = clientOf(
        () => Response.json({ index: 4 }),
        () => new Response(bytes),
      );
      return client.markRead(group, 4);
    };
    expect((await fuzzed({ sample: token, read }, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });

  test('that refuses a call is a refusal all the same, whatever its headers say', async () => {
    const problem = { code: 'group_epoch_conflict', detail: 'No.', index: 7, now: at };
    const body = new TextEncoder().encode(JSON.stringify(problem));
    const statuses = [400, 401, 404, 409, 413, 421, 429, 500, 503, 507];
    const waits = ['', '5', '-1', '1e9', 'never', 'Wed, 21 Oct 2065 07:28:00 GMT', '9'.repeat(400)];
    const types = ['application/problem+json', 'text/html', ''];
    const read = async (bytes: Bytes) => {
      const headers = { 'retry-after': chance.pick(waits), 'content-type': chance.pick(types) };
      const { client } = clientOf(() => new Response(bytes, { status: chance.pick(statuses), headers }));
      const appended = await client.append(group, toAppend);
      expect(appended).toEqual({ kind: 'conflict', index: expect.any(Number) });
      return appended;
    };
    const isFaithful = (value: { readonly kind: string; readonly index?: number }, bytes: Bytes) =>
      saysTheSame({ index: value.index }, JSON.parse(decoder.decode(bytes)), false);
    expect((await fuzzed({ sample: problem, read, isFaithful }, runs, chance)).refused).toBeGreaterThan(runs / 10);
    expect((await fuzzed({ sample: body, read, isFaithful }, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });
});

describe('the stream of notices', { timeout }, () => {
  const notice = { type: 'notice', inbox: 4, groups: [[group, 7]] };
  const eventOf = (data: string) => `: alive\n\nevent: notice\ndata: ${data}\n\n`;
  const listened = async (bytes: Bytes) => {
    const heard: DeliveryNotice[] = [];
    const headers = { 'content-type': 'text/event-stream' };
    const { stream } = clientOf(() => new Response(bytes, { headers }));
    const reader = { noticed: (one: DeliveryNotice) => void heard.push(one), alive: () => undefined };
    await stream.listen(reader, new AbortController().signal);
    return heard;
  };

  test('tells what its notices say, and passes over what is none', async () => {
    const target = {
      sample: notice,
      read: async (bytes: Bytes) => listened(new TextEncoder().encode(eventOf(decoder.decode(bytes)))),
      isFaithful: ([first, ...more]: readonly DeliveryNotice[], bytes: Bytes) => {
        if (first === undefined) return true;
        const said: { readonly inbox?: unknown } = JSON.parse(decoder.decode(bytes));
        const isSaid = saysTheSame({ type: 'notice', ...first }, { inbox: 0, ...said }, true);
        return isSaid && more.length === 0;
      },
    };
    await fuzzed(target, runs, chance);
  });

  test('ends, at worst, when its bytes are wrong', async () => {
    const sample = new TextEncoder().encode(eventOf(JSON.stringify(notice)).repeat(2));
    for (let run = 0; run < runs; run++) {
      for (const { groups } of await listened(mutatedBytes(sample, chance))) {
        for (const [groupId, index] of groups) {
          expect(groupId).toMatch(/^[0-9a-f]{32}$/);
          expect(Number.isSafeInteger(index) && index >= 0).toBe(true);
        }
      }
    }
    expect(await listened(nothing)).toEqual([]);
    expect(await listened(sample)).toHaveLength(2);
  });
});
