import { expectAccessibleInEachLook } from './accessible.ts';
import { expect, test } from './harness.ts';
import { talk } from './talk.ts';

test('an envelope of bytes is shown part by part, linked with its hex, copied as curl, and checked again', async ({
  tabs: [first, second],
}) => {
  test.slow();
  const one = await talk(first, second);
  await one.send('echo', JSON.stringify('the blue door '.repeat(500)));
  await expect(one.lastExchange).toContainText('SUCCESS');
  await first
    .getByRole('button', { name: /^Traffic/ })
    .first()
    .click();
  const list = first.getByRole('listbox', { name: 'HTTP exchanges, the newest last' });
  await list.getByRole('option').last().click();
  const detail = first.getByRole('region', { name: 'The open HTTP exchange' });
  await detail.getByText('The request, as sent').click();
  await expect(detail).toContainText('A binary envelope, in bytes: length 2 ‖ header');
  await expect(detail).toContainText(/Decrypted, only for the two agents: [\d,]+ bytes: JSON ‖ spaces/);
  await expect(detail.getByRole('button', { name: /as curl/ })).toBeVisible();
  const tag = detail.locator('button[data-member="encrypted_payload.tag"]').first();
  await tag.click();
  await expect(
    detail.locator('.message-hex [data-member="encrypted_payload.tag"][data-lit="true"]').first(),
  ).toBeVisible();
  await expectAccessibleInEachLook(first, 'binary envelope, hex');
  await detail.getByRole('button', { name: 'Signed bytes' }).click();
  await expect(detail).toContainText('parley/1 message signature');
  await expectAccessibleInEachLook(first, 'binary envelope, signed bytes');
  await detail.getByRole('button', { name: 'Verify again' }).click();
  await expect(detail).toContainText('every check that can be run here passes');
  await detail.getByRole('button', { name: 'Flip a bit' }).click();
  await expect(detail).toContainText('“Signature verifies” fails first');
  await expectAccessibleInEachLook(first, 'binary envelope, verify again');
});
