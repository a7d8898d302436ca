import { expectAccessible } from '../accessible.ts';
import { AgentTab, traveller } from '../agent-tab.ts';
import { expect, test } from '../harness.ts';
import { Profiles } from './profiles.ts';
import { Server } from './server.ts';

let server: Server;
let profiles: Profiles;
test.beforeEach(async ({ browser }) => {
  server = await Server.start(['--registration', 'token']);
  profiles = new Profiles(browser);
});
test.afterEach(async () => {
  await profiles.close();
  await server.forget();
});

test('a server that wants a token asks for it, says when it is wrong, and takes the right one once', async () => {
  const { page } = await profiles.open(server.url);
  await page.goto(`/agent/${traveller}`);
  await expect(page.getByText('This Controller registers new agents only with a token')).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByText('needs a token', { exact: true })).toBeVisible();
  await expectAccessible(page, 'an agent that needs a token');
  const field = page.getByLabel('Registration token');
  await field.fill('not-the-token-of-the-test');
  await field.press('Enter');
  await expect(page.getByText(/Controller does not accept this registration token/)).toBeVisible();
  await page.getByLabel('Registration token').fill('registration-token-of-the-test');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('ready', { exact: true })).toBeVisible();
  // The token is nowhere afterwards, and is not asked for again.
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href);
  expect(kept).not.toContain('registration-token');
  await AgentTab.open(page, traveller);
});
