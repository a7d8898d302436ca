import { helper, traveller } from './agent-tab.ts';
import { expect, said, test } from './ready-pair.ts';

test('the timing view shows where the time of a handshake went, for both agents, and the same as a table', async ({
  pair: { one, first },
}) => {
  await one.show('Timing');

  const totals = first.getByRole('table', { name: 'Time by what it was spent on' });
  await expect(totals.getByRole('columnheader', { name: traveller })).toBeVisible();
  await expect(totals.getByRole('columnheader', { name: helper })).toBeVisible();
  for (const category of ['key generation', 'RSA', 'X25519 and ML-KEM', 'signatures', 'waiting for the other side']) {
    await expect(totals.getByRole('row', { name: category })).toBeVisible();
  }
  await expect(totals.getByRole('row', { name: /^in all/ })).toContainText('100.0 %');

  const lines = first.getByRole('region', { name: 'Waterfall' }).getByRole('listitem');
  const drawn = await lines.count();
  await first.getByText('The same as a table').press('Enter');
  const steps = first.getByRole('table', { name: 'Steps of the handshake' });
  await expect(steps.getByRole('row')).toHaveCount(drawn + 1);
  await expect(steps.getByRole('row', { name: /CLIENT_HELLO on the way/ })).toContainText('on the wire');
  await expect(first.getByRole('heading', { name: `Messages after the handshake: ${said.length}` })).toBeVisible();
});
