import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { usualGroupSettings } from '../../../../agent/contracts/group-views.ts';
import { FakeAgent } from '../testing/fake-agent.tsx';
import { JoinSettings } from './join-settings.tsx';

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

test('what joins by itself is one line, and switched for one kind alone', async () => {
  const agent = new FakeAgent({ groupSettings: usualGroupSettings }, { setGroupSettings: () => undefined });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(agent.around(<JoinSettings />));
  const line = page.getByText(/^Without asking you/);
  await expect.element(line).toHaveTextContent('Without asking you: messages');
  await line.click();
  const direct = page.getByRole('checkbox', { name: 'Read what a known agent left for this one' });
  const group = page.getByRole('checkbox', { name: 'Join groups of known agents' });
  await expect.element(direct).toBeChecked();
  await expect.element(group).not.toBeChecked();
  await group.click();
  const settings = { joinsByItself: { direct: true, group: true } };
  expect(agent.calls).toEqual([{ name: 'setGroupSettings', args: [settings] }]);
  agent.tell({ type: 'group_settings', settings });
  await expect.element(group).toBeChecked();
  await expect.element(line).toHaveTextContent('Without asking you: messages, groups');
});
