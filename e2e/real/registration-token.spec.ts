import { expectAccessible, expectAccessibleInEachLook } from '../accessible.ts';
import { AgentTab, traveller } from '../agent-tab.ts';
import { expect, test } from './served.ts';

test.use({ flags: ['--registration', 'token'] });

test('a server that wants a token asks for it, says when it is wrong, and takes the right one once', async ({
  profiles,
  server,
}) => {
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

test('the operator looks after the server on a page of its own, with a token that is stored nowhere', async ({
  profiles,
  server,
}) => {
  const { page } = await profiles.open(server.url);
  await page.goto('/admin');
  const field = page.getByLabel('Operator token');
  await expect(field).toBeVisible();
  await expectAccessibleInEachLook(page, 'the prompt of the operator');
  await field.fill('not-the-token-of-the-test');
  await field.press('Enter');
  await expect(page.getByText('This is not the operator’s token')).toBeVisible();
  await field.fill('operator-token-of-the-test');
  await field.press('Enter');
  await expect(page.getByText('No agent has registered yet')).toBeVisible();
  await page.getByLabel('Name').fill('workshop');
  await page.getByLabel('New agents at most').fill('1');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const secret = (await page.getByText(/^prt_[0-9a-f]{48}$/).textContent()) ?? '';
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(secret)).toBeHidden();

  const { page: tab } = await profiles.open(server.url);
  await tab.goto(`/agent/${traveller}`);
  const token = tab.getByLabel('Registration token');
  await token.fill(secret, { timeout: 60_000 });
  await token.press('Enter');
  await expect(tab.getByText('ready', { exact: true })).toBeVisible();

  const row = page.getByRole('row', { name: traveller });
  await expect(row.getByText('● online')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('1 of 1')).toBeVisible();
  await expectAccessibleInEachLook(page, 'the page of the operator');
  await page.getByRole('button', { name: `Revoke ${traveller}` }).click();
  await expectAccessible(page, 'the question before a revocation');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(row.getByText('✕ revoked')).toBeVisible();
  await page.getByRole('combobox', { name: 'State' }).selectOption('online');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('No agent is like that.')).toBeVisible();
  expect(page.url()).toContain('?state=online');
  const kept = await page.evaluate(
    () => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href + document.documentElement.outerHTML,
  );
  expect(kept).not.toContain('operator-token-of-the-test');
  await page.reload();
  await expect(field).toBeVisible();
});
