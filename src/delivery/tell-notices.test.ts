import { beforeEach, expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import { createNoticeHub } from './notice-hub.ts';
import { type Notice, type NoticeTeller, tellNotices } from './tell-notices.ts';

const group = (n: number) => n.toString(16).padStart(32, '0');

let hub: ReturnType<typeof createNoticeHub>;
let told: [string, Notice][];
let here: Set<string>;
let inboxes: Map<string, number>;
let asked: string[];
let failures: string[];
let waiting: (() => void)[];
let pauses: number[];
let teller: NoticeTeller;
beforeEach(() => {
  hub = createNoticeHub();
  [told, asked, failures, waiting, pauses] = [[], [], [], [], []];
  here = new Set(['helper_agent_001', 'traveller_agent_001']);
  inboxes = new Map([['helper_agent_001', 3]]);
  teller = tellNotices(
    { has: (id) => here.has(id), tell: (id, notice) => told.push([id, notice]) },
    {
      hub,
      inboxNext: async (id) => {
        asked.push(id);
        const next = inboxes.get(id);
        if (next === undefined) throw new ParleyError('storage_failed', 'no inbox');
        return next;
      },
      pause: (ms) =>
        new Promise((resolve) => {
          pauses.push(ms);
          waiting.push(resolve);
        }),
      failed: ({ code }) => failures.push(code),
    },
  );
});

/** Lets everything that is ready run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const passTime = async () => {
  for (const go of waiting.splice(0)) go();
  await settle();
};

test('the first is told at once, what follows is gathered, the newest entry of each group', async () => {
  hub.changed('helper_agent_001', { group: [group(1), 5] });
  await settle();
  expect(told).toEqual([['helper_agent_001', { type: 'notice', inbox: 3, groups: [[group(1), 5]] }]]);
  for (let index = 6; index < 500; index += 1) hub.changed('helper_agent_001', { group: [group(1), index] });
  hub.changed('helper_agent_001', { group: [group(2), 0] });
  await settle();
  expect(told).toHaveLength(1);
  await passTime();
  expect(told[1]?.[1].groups).toEqual([
    [group(1), 499],
    [group(2), 0],
  ]);
  await passTime();
  expect(told).toHaveLength(2);
  hub.changed('helper_agent_001', { group: [group(1), 500] });
  await settle();
  expect(told).toHaveLength(3);
  expect(asked).toEqual(['helper_agent_001']);
});

test('a Welcome is told with the inbox as it is then', async () => {
  hub.changed('helper_agent_001', { group: [group(1), 5] });
  await settle();
  inboxes.set('helper_agent_001', 4);
  hub.changed('helper_agent_001', { inbox: 3 });
  await passTime();
  expect(told[1]).toEqual(['helper_agent_001', { type: 'notice', inbox: 4, groups: [] }]);
  inboxes.set('helper_agent_001', 9);
  teller.forget();
  hub.changed('helper_agent_001', { group: [group(1), 6] });
  await passTime();
  expect(told[2]?.[1].inbox).toBe(9);
});

test('who is not here costs nothing, and who goes is not waited for', async () => {
  hub.changed('elsewhere_agent_001', { group: [group(1), 5] });
  await settle();
  expect([told, asked, pauses]).toEqual([[], [], []]);
  hub.changed('helper_agent_001', { group: [group(1), 5] });
  await settle();
  hub.changed('helper_agent_001', { group: [group(1), 6] });
  here.clear();
  await passTime();
  expect(told).toHaveLength(1);
  expect(waiting).toEqual([]);
});

test('an inbox that cannot be looked at is looked at again, and nothing is lost', async () => {
  hub.changed('traveller_agent_001', { group: [group(1), 5] });
  await settle();
  expect([told, failures]).toEqual([[], ['storage_failed']]);
  inboxes.set('traveller_agent_001', 0);
  await passTime();
  expect(told).toEqual([['traveller_agent_001', { type: 'notice', inbox: 0, groups: [[group(1), 5]] }]]);
  expect(pauses[0]).toBeGreaterThan(pauses[1] ?? 0);
});

test('more groups than a notice names are told in several, and after the end nothing is', async () => {
  hub.changed('helper_agent_001', { group: [group(0), 0] });
  await settle();
  for (let n = 1; n <= 900; n += 1) hub.changed('helper_agent_001', { group: [group(n), n] });
  await passTime();
  expect(told.slice(1).map(([, { groups }]) => groups.length)).toEqual([400, 400, 100]);
  teller.stop();
  hub.changed('helper_agent_001', { group: [group(1), 5] });
  await passTime();
  expect(told).toHaveLength(4);
});
