import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { PeerView, Verification } from '../../../../agent/contracts/views.ts';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { FakeAgent } from '../testing/fake-agent.tsx';
import { groupId, groupView } from '../testing/group-view.ts';
import { NewGroup } from './new-group.tsx';

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const peer = (agentId: string, verification: Verification = 'unverified'): PeerView => ({
  agentId,
  address: 'https://localhost:5001',
  status: 'active',
  online: true,
  signingFingerprint: 'aa:bb',
  verification,
});

/** A directory of 45 scouts, Helper, and one whose key has changed. */
const directory = [
  peer('changed_agent', 'changed'),
  peer('helper_agent_001', 'verified'),
  ...Array.from({ length: 45 }, (_, at) => peer(`scout_${String(at).padStart(3, '0')}`)),
];

test('a group is made of a name and agents of the directory, which is searched and read page by page', async () => {
  const agent = new FakeAgent(
    {},
    {
      peers: ({ after = '', limit = 100 } = {}) => directory.filter(({ agentId }) => agentId > after).slice(0, limit),
      createGroup: () => groupView(),
    },
  );
  const led: AgentPlace[] = [];
  const close = vi.fn<() => void>();
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(agent.around(<NewGroup close={close} go={(place) => void led.push(place)} />));

  await expect.element(page.getByRole('checkbox', { name: /changed_agent/ })).toBeDisabled();
  await expect.element(page.getByRole('checkbox', { name: /helper_agent_001 verified/ })).toBeVisible();
  await page.getByRole('checkbox', { name: /helper_agent_001/ }).click();
  await page.getByRole('searchbox').fill('scout_');
  await expect.element(page.getByRole('checkbox', { name: /scout_000/ })).toBeVisible();
  expect(page.getByRole('checkbox', { name: /helper/ }).elements(), 'only what begins so').toEqual([]);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('checkbox', { name: /scout_044/ }).click();
  expect(page.getByRole('button', { name: 'Show more' }).elements()).toEqual([]);

  await page.getByRole('button', { name: 'Create' }).click();
  await expect.element(page.getByText('Give the group a name.')).toBeVisible();
  expect(agent.callsOf('createGroup')).toEqual([]);
  await page.getByRole('textbox', { name: 'Name' }).fill('release-team');
  await page.getByRole('button', { name: 'Create' }).click();
  await vi.waitFor(() => expect(led).toEqual([{ section: 'talk', tab: 'conversation', groupId }]));
  expect(agent.callsOf('createGroup')).toEqual([
    [{ name: 'release-team', invite: ['helper_agent_001', 'scout_044'] }, expect.any(String)],
  ]);
  expect(close).toHaveBeenCalledOnce();
});

test('a creation that takes its time says what it waits for, and is cancelled while nothing is stored', async () => {
  const made = Promise.withResolvers<unknown>();
  const agent = new FakeAgent(
    {},
    { peers: () => directory, createGroup: () => made.promise, cancelCreatingGroup: () => undefined },
  );
  const led: AgentPlace[] = [];
  const close = vi.fn<() => void>();
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(agent.around(<NewGroup close={close} go={(place) => void led.push(place)} />));
  await page.getByRole('textbox', { name: 'Name' }).fill('release-team');
  await page.getByRole('checkbox', { name: /helper_agent_001/ }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect.element(page.getByText('Getting the keys of 1 agent from the delivery service.')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(close).toHaveBeenCalledOnce();
  expect(agent.callsOf('cancelCreatingGroup')).toEqual([[agent.callsOf('createGroup')[0]?.[1]]]);

  agent.tell({ type: 'group', group: { ...groupView(), name: 'release-team', status: 'creating' } });
  await expect.element(page.getByText(/is storing the group/)).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  expect(agent.callsOf('cancelCreatingGroup'), 'what is stored goes on').toHaveLength(1);
  root.unmount();
  made.resolve(groupView());
  await Promise.resolve();
  expect(led, 'who has closed it stays where they are').toEqual([]);
});
