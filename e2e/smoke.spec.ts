import { expect, test } from './ready-pair.ts';

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

test('a message of a handshake and an exchange on the wire have addresses; back closes them', async ({
  pair: { one, first },
}) => {
  await one.show('Handshake');
  await first.getByRole('button', { name: /SERVER_HELLO/ }).click();
  await expect(first).toHaveURL(/\/handshake\/SERVER_HELLO$/);
  const share = first.getByRole('button', { name: /^key_shares.ml_kem_768/ });
  await expect(share).toBeVisible();
  await first.goBack();
  await expect(share).toBeHidden();
  await one.show('Wire');
  await first.getByRole('button', { name: /POST.*CLIENT_HELLO/ }).click();
  await expect(first).toHaveURL(/\/wire\/[0-9a-f]{16}$/);
  await first.keyboard.press('Escape');
  await expect(first).toHaveURL(/\/wire$/);
});
