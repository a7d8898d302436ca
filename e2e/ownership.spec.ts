import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { openTab } from './open-tab.ts';
import { readStorage } from './storage.ts';

test('an agent is in one tab; a second one says so and may take it over', async ({ tabs: [first, second] }) => {
  await AgentTab.open(first, traveller);
  await second.goto(`/agent/${traveller}`);
  await expect(second.getByRole('heading', { name: 'This agent is open in another tab' })).toBeVisible();
  await second.getByRole('button', { name: 'Take over here' }).click();
  await expect(second.getByText('ready', { exact: true })).toBeVisible();
  await expect(first.getByRole('heading', { name: 'This agent has moved to another tab' })).toBeVisible();

  const peer = await AgentTab.open(await openTab(first.context()), helper);
  await peer.connect(traveller);
  await peer.send('ping', '{}');
  await expect(peer.lastExchange).toContainText('SUCCESS');

  await first.getByRole('button', { name: 'Take it back' }).click();
  await expect(first.getByText('ready', { exact: true })).toBeVisible();
  await expect(second.getByRole('heading', { name: 'This agent has moved to another tab' })).toBeVisible();
});

test('an agent keeps its identity across a reload and loses it when it is forgotten', async ({ page }) => {
  const tab = await AgentTab.open(page, traveller);
  const identity = page.getByRole('button', { name: /^Identity/ });
  const fingerprints = async () => (await identity.innerText()).match(/([0-9a-f]{2}:){3}[0-9a-f]{2}/g);
  const before = await fingerprints();
  expect(before).toHaveLength(2);
  await page.reload();
  await tab.ready();
  expect(await fingerprints()).toEqual(before);

  await page.getByRole('button', { name: 'Forget', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await tab.ready();
  await page.getByRole('button', { name: 'Forget', exact: true }).click();
  await dialog.getByRole('button', { name: 'Forget it' }).click();
  await expect(page.getByRole('heading', { name: `${traveller} is forgotten` })).toBeVisible();
  expect([...(await readStorage(page)).databases].sort()).toEqual(['parley-controller', 'parley-delivery']);

  await page.getByRole('link', { name: 'Open traveller_agent_002' }).click();
  await tab.ready();
  await expect(page.getByRole('heading', { name: 'traveller_agent_002' })).toBeVisible();
});

test('an agent refuses a Controller that shows another CA than the one it pinned', async ({ page }) => {
  await AgentTab.open(page, traveller);
  await page.goto('/');
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('parley-controller');
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
  );
  await page.goto(`/agent/${traveller}`);
  await expect(page.getByRole('heading', { name: /another CA/ })).toBeVisible();
  await expect(page.getByText('Nothing was sent.')).toBeVisible();
  await expect(page.getByText(/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/)).toHaveCount(2);
});

test('a name that another key has registered leads to the next one', async ({ page }) => {
  await AgentTab.open(page, traveller);
  await page.goto('/');
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('parley-agent-traveller_agent_001');
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
  );
  await page.goto(`/agent/${traveller}`);
  await expect(page.getByText('agent_id_taken')).toBeVisible();
  await page.getByRole('link', { name: 'Open traveller_agent_002' }).click();
  await expect(page.getByText('ready', { exact: true })).toBeVisible();
});
