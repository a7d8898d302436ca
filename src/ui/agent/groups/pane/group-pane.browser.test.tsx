import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { GroupEventView, InvitationView } from '../../../../agent/contracts/group-views.ts';
import { ParleyError } from '../../../../protocol/errors.ts';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { dropDrafts } from '../../../state/drafts.ts';
import { FakeAgent } from '../testing/fake-agent.tsx';
import { groupId, groupView, memberView, said } from '../testing/group-view.ts';
import { GroupPane } from './group-pane.tsx';

vi.mock('../../../../storage/indexeddb/drafts.ts', () => ({
  loadDrafts: async () => new Map(),
  saveDraft: async () => undefined,
  forgetDrafts: async () => undefined,
}));

const traveller = 'traveller_agent_001';
const helper = 'helper_agent_001';

let root: Root | undefined;
afterEach(async () => {
  root?.unmount();
  await dropDrafts(traveller);
  document.body.replaceChildren();
});

/** Shows a group of an agent; returns where it was led to. */
function show(agent: FakeAgent, place: Partial<AgentPlace> = {}): AgentPlace[] {
  const led: AgentPlace[] = [];
  root = createRoot(document.body.appendChild(document.createElement('div')));
  const shown: AgentPlace = { section: 'talk', tab: 'conversation', groupId, ...place };
  root.render(agent.around(<GroupPane groupId={groupId} place={shown} go={(next) => void led.push(next)} />));
  return led;
}

const quiet = { history: () => ({ exchanges: [] }), groupEvents: () => [], markGroupRead: () => undefined };

const event = (index: number, what: GroupEventView['what']): GroupEventView => ({
  groupId,
  index,
  at: 1_790_000_000 + index,
  epoch: index,
  by: traveller,
  what,
});

const box = page.getByRole('textbox', { name: 'Message to release-team' });
const sendButton = page.getByRole('button', { name: 'Send', exact: true });

test('who said what stands between what happened, with the answers and who has not answered', async () => {
  const asked = said(
    4,
    {
      sender: traveller,
      kind: 'request',
      answers: [{ from: helper, at: 1_790_000_005_000, status: 'success', result: { response: 'Here.' } }],
      awaiting: ['scout'],
    },
    { method: 'send_request', parameters: { query: 'Who is there?' }, status: 'pending' },
  );
  const agent = new FakeAgent(
    { groups: [groupView()], exchanges: [asked, said(2)] },
    { ...quiet, groupEvents: () => [event(0, { kind: 'created' }), event(3, { kind: 'added', who: ['scout'] })] },
  );
  show(agent);
  await expect.element(page.getByText('1 of 2 answered · not yet scout')).toBeVisible();
  await expect.element(page.getByRole('list', { name: 'Answers' }).getByText('Here.')).toBeVisible();
  await expect.element(page.getByText(`${traveller} added scout`)).toBeVisible();
  const rows = [...document.querySelectorAll('.exchange, .group-event')].map(({ textContent }) => textContent);
  for (const [at, words] of ['created the group', 'said 2', 'added scout', 'Who is there?'].entries()) {
    expect(rows[at]).toContain(words);
  }
  agent.tell({ type: 'group_event', event: event(7, { kind: 'renamed', name: 'night-shift' }) });
  await expect.element(page.getByText(/renamed the group to/)).toBeVisible();
});

test('one box says something to everybody, and asks everybody or some', async () => {
  const agent = new FakeAgent(
    { groups: [groupView()], methods: ['send_request', 'echo'] },
    { ...quiet, sendToGroup: () => said(9), askGroup: () => said(9) },
  );
  show(agent);
  await box.fill('Hello everybody');
  await userEvent.keyboard('{Enter}');
  await expect.element(box).toHaveValue('');
  await vi.waitFor(() => expect(agent.callsOf('sendToGroup')).toEqual([[{ groupId, content: 'Hello everybody' }]]));

  await page.getByRole('radio', { name: 'ask' }).click();
  await page.getByText('asks everybody').click();
  await page.getByRole('checkbox', { name: helper }).click();
  await userEvent.keyboard('{Escape}');
  await page.getByRole('textbox', { name: 'Question to release-team' }).fill('Ready?');
  await sendButton.click();
  await vi.waitFor(() =>
    expect(agent.callsOf('askGroup')).toEqual([
      [{ groupId, method: 'send_request', parameters: { query: 'Ready?' }, expires: 86_400_000, to: [helper] }],
    ]),
  );
});

test('a file goes with a message, one that is too large does not, and what was refused is back in its place', async () => {
  const agent = new FakeAgent({ groups: [groupView()] }, quiet);
  show(agent);
  const input = page.getByLabelText('File to attach');
  await userEvent.upload(input, new File([new Uint8Array(1_048_577)], 'large.bin'));
  await expect.element(page.getByText(/“large.bin” has 1.0 MB/)).toBeVisible();
  await sendButton.click();
  expect(agent.callsOf('sendToGroup')).toEqual([]);
  await userEvent.upload(input, new File(['small'], 'small.txt', { type: 'text/plain' }));
  await box.fill('Here it is');
  await sendButton.click();
  // This test's agent refuses.
  await expect.element(page.getByText('This test has no answer for sendToGroup.')).toBeVisible();
  await expect.element(box).toHaveValue('Here it is');
  await expect.element(page.getByText('small.txt')).toBeVisible();
  expect(agent.callsOf('sendToGroup')).toEqual([
    [
      {
        groupId,
        content: 'Here it is',
        attachment: { bytes: new TextEncoder().encode('small'), name: 'small.txt', mediaType: 'text/plain' },
      },
    ],
  ]);
});

test('an admin removes a member only after a question, and makes it an admin at once', async () => {
  const agent = new FakeAgent(
    { groups: [groupView()] },
    { ...quiet, removeFromGroup: () => groupView(), setGroupAdmins: () => groupView() },
  );
  show(agent, { groupTab: 'members' });
  await page.getByRole('button', { name: `Make admin: ${helper}` }).click();
  await vi.waitFor(() => expect(agent.callsOf('setGroupAdmins')).toEqual([[groupId, [traveller, helper]]]));
  await page.getByRole('button', { name: `Remove ${helper}` }).click();
  expect(agent.callsOf('removeFromGroup')).toEqual([]);
  await page.getByRole('button', { name: 'Remove it' }).click();
  await vi.waitFor(() => expect(agent.callsOf('removeFromGroup')).toEqual([[groupId, [helper]]]));
});

test('a member sees who is not trusted and why, and cannot remove anybody', async () => {
  const members = [memberView(traveller, { isSelf: true }), memberView('scout', { trust: 'revoked', isHeard: false })];
  show(new FakeAgent({ groups: [groupView({ isAdmin: false, members })] }, quiet), { groupTab: 'members' });
  await expect.element(page.getByText('not trusted: revoked')).toBeVisible();
  await expect.element(page.getByText('not heard yet')).toBeVisible();
  expect(page.getByRole('button', { name: 'Remove scout' }).elements()).toEqual([]);
});

test('in a fork the owner sees who agrees, and nothing is sent until the owner goes on', async () => {
  const fork = { agree: [helper], differ: ['scout'], silent: [] };
  const agent = new FakeAgent(
    { groups: [groupView({ status: 'forked', fork })] },
    { ...quiet, goOnForked: () => groupView() },
  );
  show(agent);
  await expect.element(page.getByText('1 have another history')).toBeVisible();
  await box.fill('Not now');
  await sendButton.click();
  await expect.element(page.getByText(/until you have decided/)).toBeVisible();
  await expect.element(box).toHaveValue('Not now');
  expect(agent.callsOf('sendToGroup')).toEqual([]);
  await page.getByRole('button', { name: 'Go on with those that agree' }).click();
  await vi.waitFor(() => expect(agent.callsOf('goOnForked')).toEqual([[groupId]]));
});

test('a group that was left can be read and forgotten, and not written to', async () => {
  const agent = new FakeAgent({ groups: [groupView({ status: 'left' })] }, { ...quiet, forgetGroup: () => undefined });
  const led = show(agent);
  await page.getByRole('button', { name: 'Forget release-team' }).click();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await vi.waitFor(() => expect(led).toHaveLength(1));
  expect(agent.callsOf('forgetGroup')).toEqual([[groupId]]);
  expect(sendButton.elements()).toEqual([]);
});

test('an invitation shows who invites and who is in, and joins only when accepted', async () => {
  const invitation: InvitationView = {
    groupId,
    kind: 'group',
    name: 'release-team',
    inviter: helper,
    inviterVerification: 'unverified',
    members: [helper, 'scout', traveller],
    receivedAt: 0,
    until: Date.now() + 86_400_000,
  };
  let isFull = true;
  const agent = new FakeAgent(
    { invitations: [invitation] },
    {
      ...quiet,
      acceptInvitation: () => {
        if (isFull) throw new ParleyError('group_full', 'The group is full.');
        return groupView();
      },
    },
  );
  show(agent);
  await expect.element(page.getByText('3 members, you included')).toBeVisible();
  await page.getByRole('button', { name: 'Accept' }).click();
  await expect.element(page.getByText('group_full')).toBeVisible();
  isFull = false;
  await page.getByRole('button', { name: 'Accept' }).click();
  agent.tell({ type: 'invitation_gone', groupId }, { type: 'group', group: groupView() });
  await expect.element(box).toBeVisible();
});

test('a group of two is the conversation with the other one', async () => {
  const led = show(new FakeAgent({ groups: [groupView({ kind: 'direct', peerId: helper })] }, quiet));
  await vi.waitFor(() => expect(led).toEqual([{ section: 'talk', tab: 'conversation', peerId: helper }]));
});

test('what is read is noted once it is in view', async () => {
  const agent = new FakeAgent({ groups: [groupView({ unread: 2 })] }, quiet);
  show(agent);
  await vi.waitFor(() => expect(agent.callsOf('markGroupRead')).toContainEqual([groupId]));
});
