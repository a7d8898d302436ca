import { traveller } from './agent-tab.ts';
import { expect, test } from './ready-pair.ts';

test('a handshake shows both ends, and of each party’s view only what that party can know', async ({
  pair: { one, first },
}) => {
  await one.show('Handshake');

  // All: the helper's checks come from its own tab.
  const diagram = first.getByRole('region', { name: /^Handshake of/ });
  await expect(diagram.getByText('both sides hold the same keys')).toBeVisible();
  await expect(diagram.getByText('Nonce never seen')).toHaveCount(2);

  await first.getByRole('radio', { name: traveller }).check();
  await expect(first).toHaveURL(/pov=client/);
  await expect(diagram.getByText('Nonce never seen')).toHaveCount(1);

  await first.getByRole('radio', { name: 'Observer' }).check();
  await expect(diagram.getByRole('button', { name: /CLIENT_HELLO/ })).toBeVisible();
  await expect(diagram.getByText('Nonce never seen')).toHaveCount(0);
  await expect(first.getByRole('table', { name: 'Who knows what of this session' })).toContainText('cannot know');

  // The view stays with the person from tab to tab, and the conversation is blank in it.
  await one.show('Conversation');
  await expect(first.getByRole('radio', { name: 'Observer' })).toBeChecked();
  await expect(first.getByText('heron stands')).toHaveCount(0);
  await expect(first.getByRole('region', { name: 'The conversation as an observer sees it' })).toContainText(' B');

  await first.getByRole('radio', { name: 'Controller' }).check();
  await expect(first.getByText('No message of this conversation passes through the Controller')).toBeVisible();
  await one.show('Handshake');
  await expect(first.getByText('The Controller is not on the line')).toBeVisible();

  await first.goBack();
  await first.getByRole('radio', { name: 'All that is recorded' }).check();
  await expect(first.getByText('heron stands').first()).toBeVisible();
});

test('a handshake plays again step by step', async ({ pair: { one, first } }) => {
  await one.show('Handshake');
  const last = first.getByRole('button', { name: /SESSION_ESTABLISHED/ });
  await expect(last).toBeVisible();
  await first.getByRole('button', { name: 'Play step by step' }).click();
  await expect(last).toBeHidden();
  await expect(last).toBeVisible();
  await expect(first.getByRole('button', { name: 'Play step by step' })).toBeVisible();
});
