import { traveller } from './agent-tab.ts';
import { narrow, showAt } from './looks.ts';
import { expect, test } from './ready-pair.ts';

test('both agents show the same fingerprints; a key lights up what it depends on, and its address keeps it', async ({
  pair: { one, two, first, second },
}) => {
  await two.talkTo(traveller);
  await one.show('Keys');
  await two.show('Keys');
  for (const page of [first, second]) {
    await expect(page.locator('[data-node="client_key"]')).toContainText('the same on both sides');
  }
  const prints = (page: typeof first) =>
    page
      .locator('[data-node]')
      .evaluateAll((nodes) =>
        nodes.map((node) => `${node.getAttribute('data-node')} ${node.querySelector('code')?.textContent}`),
      );
  const seen = await prints(first);
  expect(seen.filter((line) => /[0-9a-f]{2}:[0-9a-f]{2}/.test(line))).toHaveLength(14);
  expect(await prints(second)).toEqual(seen);

  // By keyboard: to a key, open it, close it.
  await first.locator('[data-node="ikm"]').focus();
  await first.keyboard.press('ArrowRight');
  await first.keyboard.press('ArrowRight');
  await first.keyboard.press('Enter');
  await expect(first).toHaveURL(/\/keys\/\w+$/);
  await first.keyboard.press('Escape');
  await expect(first).toHaveURL(/\/keys$/);

  await first.locator('[data-node="client_key"]').click();
  await expect(first.getByRole('complementary', { name: 'client key' })).toContainText(
    'Needs both agents’ RSA keys, the X25519 secret and the ML-KEM secret. The last two no longer exist.',
  );
  await expect(first.locator('[data-node="ml_kem_pair"]')).toHaveAttribute('data-tone', 'from');
  await expect(first.locator('[data-node="th_keys"]')).toHaveAttribute('data-tone', 'dim');
  await expect(first).toHaveURL(/\/keys\/client_key$/);

  // The lines are there at every width, and what leads to the key is lit.
  const before = first.viewportSize();
  for (const width of [narrow, 768, 1440]) {
    await showAt(first, width);
    await expect(first.locator('.keys-edges:visible [data-edge]')).toHaveCount(26);
    await expect(first.locator('.keys-edges:visible [data-edge="ikm session_hkdf"]')).toHaveAttribute(
      'data-tone',
      'from',
    );
  }
  if (before !== null) await first.setViewportSize(before);

  await first.getByRole('radio', { name: 'Observer' }).check();
  await expect(first.locator('[data-node="client_key"]')).toContainText('cannot know');
  await expect(first.locator('[data-node="th3"] code')).toBeVisible();
  await first.getByText('The same as text').click();
  await expect(first.getByRole('row', { name: /client key/ })).toContainText('cannot know');
});
