import { expect, test } from './harness.ts';

test('the home page opens', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle(/Parley/);
  await expect(page.getByRole('heading').first()).toBeVisible();
});

test('an address inside the app opens directly', async ({ page }) => {
  const response = await page.goto('/agent/traveller_agent_001');
  expect(response?.status()).toBe(200);
  await expect(page.getByRole('heading').first()).toBeVisible();
});
