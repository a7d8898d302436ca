import type { Page } from '@playwright/test';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';
import { expect, test } from '../harness.ts';
import { openTab } from '../open-tab.ts';
import './library-window.ts';
import { LibraryPage } from './library-page.ts';
import { Server } from './server.ts';

const id = 'page_agent_001';
const asking = 'asking_agent_001';
let library: LibraryPage;
let server: Server;
test.beforeAll(async () => {
  library = await LibraryPage.create();
  server = await Server.start(['--app', library.app], await freePort());
});
test.afterAll(async () => {
  await server.forget();
  await library.forget();
});

/** Opens an agent with the library; what keeps it from being opened is given as its code. */
async function open(page: Page, agentId: string): Promise<string> {
  await page.goto(server.url);
  await page.waitForFunction(() => 'parley' in window);
  return page.evaluate(async (name) => {
    try {
      const methods = { title: () => 'answered' };
      window.agent = await window.parley.Agent.open({ id: name, server: location.origin, methods });
      return 'open';
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'));
    }
  }, agentId);
}

/** What the agent of a page is answered, or the code of the error. */
function ask(page: Page, peer: string): Promise<unknown> {
  return page.evaluate(async (name) => {
    try {
      return await window.agent.send(name, 'title');
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'));
    }
  }, peer);
}

/** What a browser does with a page that it keeps to go back to, or shows again. */
function transition(page: Page, type: 'pagehide' | 'pageshow'): Promise<unknown> {
  return page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
}

test('a page with the library that was left frees its agent for another tab, and goes on with it when it is shown again', async ({
  tabs: [first, second],
}) => {
  expect(await open(first, id)).toBe('open');
  expect(await open(second, id)).toBe('agent_in_use');
  await transition(first, 'pagehide');
  expect(await open(second, id)).toBe('open');

  // The other tab has it now: no call is answered, and each one tries again.
  await transition(first, 'pageshow');
  expect(await ask(first, asking)).toBe('agent_in_use');
  const third = await openTab(first.context());
  expect(await open(third, asking)).toBe('open');
  await second.evaluate(() => window.agent.close());
  expect(await ask(first, asking)).toBe('answered');
  expect(await ask(third, id)).toBe('answered');
});

test('what is under way when the page is left is told so, and the agent answers again afterwards', async ({
  tabs: [first, second],
}) => {
  expect(await open(first, 'leaving_agent_001')).toBe('open');
  expect(await open(second, 'staying_agent_001')).toBe('open');
  expect(await ask(first, 'staying_agent_001')).toBe('answered');
  const left = await first.evaluate(async () => {
    const asked = window.agent.send('staying_agent_001', 'title').catch((error) => error.code);
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    return asked;
  });
  expect(left).toBe('network_unavailable');
  await transition(first, 'pageshow');
  expect(await ask(first, 'staying_agent_001')).toBe('answered');
  expect(await ask(second, 'leaving_agent_001')).toBe('answered');
});
