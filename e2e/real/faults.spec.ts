import type { Page } from '@playwright/test';
import type { Json } from '../../src/library/browser.ts';
import { FaultProxy } from '../../src/server/testing/fault-proxy.ts';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';
import { helper, traveller } from '../agent-tab.ts';
import { isExhaustive } from '../exhaustive.ts';
import { expect, test } from '../harness.ts';
import { LibraryPage } from './library-page.ts';
import './library-window.ts';
import { Profiles } from './profiles.ts';
import { Server } from './server.ts';

declare global {
  interface Window {
    /** How often each request ran here. */
    ran: Map<number, number>;
  }
}

const requests = isExhaustive ? 1_000 : 300;
const atOnce = 25;

let library: LibraryPage;
let proxy: FaultProxy;
let server: Server;
let profiles: Profiles;
test.beforeAll(async () => {
  library = await LibraryPage.create();
});
test.afterAll(() => library.forget());
test.beforeEach(async ({ browser }) => {
  proxy = await FaultProxy.start();
  const port = await freePort();
  proxy.target = `http://localhost:${port}`;
  server = await Server.start(['--app', library.app, '--url', proxy.url, '--rate-limit', '100000'], port);
  profiles = new Profiles(browser);
});
test.afterEach(async () => {
  await profiles.close();
  proxy.end();
  await server.forget();
});

/** Opens an agent in a profile of its own; it answers `count` with what it was asked, and notes that it was. */
async function open(id: string): Promise<Page> {
  const { page } = await profiles.open(proxy.url);
  await page.goto('/');
  await page.waitForFunction(() => 'parley' in window);
  await page.evaluate(async (agentId) => {
    window.ran = new Map();
    const count = (parameters: Json) => {
      const number = Number(parameters);
      window.ran.set(number, (window.ran.get(number) ?? 0) + 1);
      return { counted: number };
    };
    window.agent = await window.parley.Agent.open({ id: agentId, server: location.origin, methods: { count } });
  }, id);
  return page;
}

test('requests through a wire that drops, doubles, delays, truncates and cuts: each is answered once or reported, none runs twice', async () => {
  test.setTimeout(300_000);
  const peer = await open(helper);
  const tab = await open(traveller);
  const outcomes = async (from: number, to: number) =>
    tab.evaluate(
      async ([peerId, first, last, workers]) => {
        const settled: { number: number; answer?: Json; code?: string }[] = [];
        let next = first;
        const work = async () => {
          while (next < last) {
            const number = next++;
            try {
              settled.push({ number, answer: await window.agent.send(peerId, 'count', number) });
            } catch (error) {
              settled.push({ number, code: String(Reflect.get(Object(error), 'code')) });
            }
          }
        };
        await Promise.all(Array.from({ length: workers }, work));
        return settled;
      },
      [helper, from, to, atOnce] as const,
    );
  expect(await outcomes(0, 1)).toEqual([{ number: 0, answer: { counted: 0 } }]);

  proxy.isHarmful = true;
  const settled = await outcomes(1, requests + 1);
  proxy.isHarmful = false;
  // What was still on its way has had its time: a last request in order comes after all of them.
  expect(await outcomes(requests + 1, requests + 2)).toMatchObject([{ answer: { counted: requests + 1 } }]);
  const ran = new Map(await peer.evaluate(() => [...window.ran]));

  expect(settled.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: requests }, (_, at) => at + 1),
  );
  expect(
    [...ran].filter(([, times]) => times > 1),
    'what ran twice',
  ).toEqual([]);
  const answered = settled.filter(({ answer }) => answer !== undefined);
  for (const { number, answer } of answered) {
    expect(answer).toEqual({ counted: number });
    expect(ran.get(number)).toBe(1);
  }
  const reported = Object.entries(Object.groupBy(settled, ({ code }) => code ?? 'answered'));
  const summary = reported.map(([code, all]) => `${code} ${all?.length}`).join(', ');
  const harm = [...proxy.counts].map(([fault, count]) => `${fault} ${count}`).join(', ');
  test.info().annotations.push({ type: 'outcomes', description: summary }, { type: 'harm', description: harm });
  expect(answered.length).toBeGreaterThan(requests / 2);
  for (const fault of ['dropped', 'duplicated', 'delayed', 'truncatedRequest', 'truncatedAnswer', 'cut'] as const) {
    expect(proxy.counts.get(fault) ?? 0, fault).toBeGreaterThan(requests / 40);
  }
  expect(proxy.counts.get('cutLine') ?? 0).toBeGreaterThan(3);
});
