import { expectAccessible } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';

test('an update that cannot reach the peer says so under the session’s line, and can be tried again', async ({
  tabs: [first, second],
}) => {
  const one = await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  await one.connect(helper);
  await second.goto('about:blank');
  await first.getByRole('button', { name: 'Update keys' }).click();
  await expect(first.getByText('peer_unreachable')).toBeVisible();
  await expect(first.getByRole('button', { name: 'Update keys' })).toBeEnabled();
  await expectAccessible(first, 'an update of keys that failed');
  const line = first.locator('.session-header');
  await expect(line.getByText('peer_unreachable')).toHaveCount(0);
});

test('keys are updated by a button and by the console, both tabs show the epoch, and the conversation goes on', async ({
  tabs: [first, second],
}) => {
  const one = await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  await one.connect(helper);
  await one.send('send_request', '{"query": "before"}');
  await expect(one.lastExchange).toContainText('SUCCESS');
  await first.getByRole('button', { name: 'Update keys' }).click();
  await expect(first.getByText('epoch 1', { exact: true })).toBeVisible();
  await two.talkTo(traveller);
  await expect(second.getByText('epoch 1', { exact: true })).toBeVisible();

  await second.keyboard.press('Escape');
  await second
    .getByRole('button', { name: /console/ })
    .first()
    .click();
  const line = second.getByRole('textbox', { name: /Command/ });
  await line.fill('rekey traveller');
  await line.press('Enter');
  await expect(second.getByText(/Epoch 2 begun with traveller_agent_001, keys/)).toBeVisible();
  await expect(first.getByText('epoch 2', { exact: true })).toBeVisible();

  await one.send('send_request', '{"query": "after"}');
  await expect(one.lastExchange).toContainText('after');
  await expect(one.lastExchange).toContainText('SUCCESS');
  await one.show('Keys');
  const updates = first.getByRole('region', { name: 'Key updates' });
  await expect(updates.getByRole('listitem')).toHaveText([
    /Epoch 1 begun by traveller_agent_001, keys .* equal on both sides/,
    /Epoch 2 begun by helper_agent_001, keys .* equal on both sides/,
  ]);
  await expectAccessible(first, 'a session with key updates');
  await first.getByRole('radio', { name: 'Observer' }).check();
  await expect(updates.getByRole('listitem').first()).toHaveText(
    'Epoch 1: the envelopes carry its number, its keys cannot be known',
  );
  await expect(updates.getByText('equal on both sides')).toHaveCount(0);
  await first.getByRole('radio', { name: 'All that is recorded' }).check();
  await one.show('Handshake');
  await expect(first.getByText('both sides hold the same keys')).toBeVisible();
  // The two updates are steps of the same diagram, at both sides.
  await expect(first.getByText('Made key shares for the next epoch')).toHaveCount(4);
});
