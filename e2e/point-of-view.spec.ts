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

test('a handshake is gone through step by step, by keys and by buttons; its address holds the step', async ({
  pair: { one, first },
}) => {
  await one.show('Handshake');
  const last = first.getByRole('button', { name: /SESSION_ESTABLISHED/ });
  const sentence = first.locator('.stepper-sentence');
  const current = first.locator('[aria-current="step"]');
  await expect(last).toBeVisible();
  await first.getByRole('tabpanel').focus();
  await first.keyboard.press('ArrowRight');
  await expect(first).toHaveURL(/step=client-1$/);
  await expect(last).toBeHidden();
  await expect(sentence).toContainText('without it, an agent whose key was stolen');
  await first.keyboard.press('Shift+ArrowRight');
  await first.keyboard.press('Shift+ArrowRight');
  await expect(first).toHaveURL(/step=SERVER_HELLO$/);
  await expect(sentence).toContainText(/helper_agent_001 answered .*; without it, traveller_agent_001/);
  await first.keyboard.press('ArrowRight');
  await expect(current).toContainText('Well formed');
  // What is current stands in the middle of the view.
  const isInMiddle = () =>
    current.evaluate((step) => {
      const view = step.closest('[role="tabpanel"]')?.getBoundingClientRect();
      const { top, bottom } = step.getBoundingClientRect();
      return view !== undefined && top > view.top + view.height / 4 && bottom < view.bottom - view.height / 4;
    });
  await expect.poll(isInMiddle).toBe(true);
  await first.goBack();
  await expect(first).toHaveURL(/step=SERVER_HELLO$/);
  await first.getByRole('button', { name: 'Next step' }).click();
  await expect(current).toContainText('Well formed');

  // It plays on from there, without a step in the history for each.
  const played = await first.evaluate(() => history.length);
  await first.getByLabel('Speed').selectOption('2');
  await first.getByRole('tabpanel').focus();
  await first.keyboard.press('Space');
  await expect(first.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(current).toContainText('Meant for me', { timeout: 30_000 });
  expect(await first.evaluate(() => history.length)).toBe(played);
  await first.keyboard.press('Space');
  await expect(first.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await first.keyboard.press('Escape');
  await expect(last).toBeVisible();
  await expect(first).toHaveURL(/\/handshake$/);
});
