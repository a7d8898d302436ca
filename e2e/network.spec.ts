import { defaultDeadlineMs } from '../src/network/deadline.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { openTab } from './open-tab.ts';

test('a closed tab is a refused connection, told at once; the request can be sent again', async ({
  tabs: [first, second],
}) => {
  const one = await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  await one.connect(helper);
  await second.close();

  const refused = await first.evaluate(async () => {
    const started = performance.now();
    const outcome = await fetch('https://localhost:5001/agent/message', { method: 'POST', body: '{}' }).then(
      () => 'answered',
      () => 'refused',
    );
    return { outcome, tookMs: performance.now() - started };
  });
  expect(refused.outcome).toBe('refused');
  // Told by the tab's end, not by the deadline of the request.
  expect(refused.tookMs).toBeLessThan(defaultDeadlineMs / 2);

  // It is to be tried, not to be left as a message.
  await first.getByRole('checkbox', { name: 'leave a message' }).uncheck();
  await one.send('echo', '{"words": "Is anybody there?"}');
  // At once, not after the tries.
  await expect(one.lastExchange).toContainText(/helper_agent_001 is offline, trying until \d\d:\d\d:\d\d/);
  await one.lastExchange.getByRole('button', { name: 'Cancel' }).click();
  await expect(one.lastExchange).toContainText('CANCELLED');
  await expect(one.lastExchange).toContainText('may have received it');
  await expect(one.lastExchange).toContainText('Retrying is safe');
  // What is in the conversation is not written any more.
  await expect(first.getByLabel('Parameters, as JSON')).toHaveValue('{"text": ""}');

  await AgentTab.open(await openTab(first.context()), helper);
  await one.lastExchange.getByRole('button', { name: 'Retry' }).click();
  await expect(first.getByText('SUCCESS')).toBeVisible();
});

test('a hard reload, which has no controlling worker, recovers by itself', async ({ tabs: [first, second] }) => {
  const one = await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  const session = await first.context().newCDPSession(first);
  await session.send('Page.reload', { ignoreCache: true });
  await one.ready();
  await one.connect(helper);
  await one.send('ping', '{}');
  await expect(one.lastExchange).toContainText('SUCCESS');
});

test('both agents on one page talk to each other', async ({ page }) => {
  await page.goto('/both');
  await expect(page.getByText('ready', { exact: true })).toHaveCount(2, { timeout: 60_000 });
  const side = page.getByRole('region', { name: traveller, exact: true });
  const refresh = side.getByRole('button', { name: 'Refresh' });
  if (!(await refresh.isVisible())) await side.getByRole('button', { name: 'Peers' }).click();
  await refresh.click();
  await side.getByRole('button', { name: `Connect to ${helper}` }).click();
  await side.getByLabel(`Text to ${helper}`).fill('Hello Helper!');
  await side.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(side.getByRole('log')).toContainText('Hello Traveller! Request received: Hello Helper!');
});

test('many requests at once are each answered once', async ({ tabs: [first, second] }) => {
  const one = await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  await one.connect(helper);
  await two.talkTo(traveller);
  for (let count = 0; count < 20; count++) await one.send('echo', JSON.stringify({ count }));
  await expect(first.getByRole('log').getByText('SUCCESS')).toHaveCount(20);
  await expect(second.getByRole('log').getByText('SUCCESS')).toHaveCount(20);
});

test('an agent whose worker cannot be loaded says so, and starts when the page is loaded again', async ({ page }) => {
  await page.route(/engine\.worker/, (route) => route.abort());
  await page.goto(`/agent/${traveller}`);
  await expect(page.getByText('The agent’s own part of Parley could not be loaded')).toBeVisible();
  await page.unroute(/engine\.worker/);
  await AgentTab.open(page, traveller);
});
