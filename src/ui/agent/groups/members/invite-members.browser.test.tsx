import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { FakeAgent } from '../testing/fake-agent.tsx';
import { groupView } from '../testing/group-view.ts';
import { InviteMembers } from './invite-members.tsx';

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

test('an invitation that fails after its dialog was closed opens it again, with the choice as it was', async () => {
  const invited = Promise.withResolvers<unknown>();
  const scout = {
    agentId: 'scout_001',
    address: 'https://localhost:5001',
    status: 'active',
    online: true,
    signingFingerprint: 'aa:bb',
    verification: 'unverified',
  } as const;
  const agent = new FakeAgent({}, { peers: () => [scout], inviteToGroup: () => invited.promise });
  const close = vi.fn<() => void>();
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(agent.around(<InviteMembers group={groupView()} close={close} />));

  await page.getByRole('checkbox', { name: /scout_001/ }).click();
  await page.getByRole('button', { name: 'Invite 1 agent' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  expect(close).not.toHaveBeenCalled();

  invited.reject(new Error('scout_001 cannot be invited.'));
  await expect.element(page.getByRole('alert')).toBeVisible();
  await expect.element(page.getByRole('checkbox', { name: /scout_001/ })).toBeChecked();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(close).toHaveBeenCalledOnce();
});
