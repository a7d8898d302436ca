import { useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { epochsOf } from '../../../inspector/group/testing/made-epochs.ts';
import { type AgentPlace, formatPlace, parsePlace } from '../../../routing/agent-place.ts';
import { FakeAgent } from '../testing/fake-agent.tsx';
import { groupId, groupView } from '../testing/group-view.ts';
import { GroupPane } from './group-pane.tsx';

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

/** Shows a group whose place is an address, as the page does it; returns how to read the address. */
function show(agent: FakeAgent, address: string): () => string {
  let shown = address;
  function Page() {
    const [place, setPlace] = useState<AgentPlace>(parsePlace(address) ?? { section: 'more', tab: 'conversation' });
    const go = (next: AgentPlace) => {
      shown = formatPlace(next);
      setPlace(parsePlace(shown) ?? next);
    };
    return <GroupPane groupId={groupId} place={place} go={go} />;
  }
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(agent.around(<Page />));
  return () => shown;
}

function agentWith(count: number, kept = epochsOf(count, groupId)): FakeAgent {
  return new FakeAgent({ groups: [groupView()] }, { groupEpochs: () => kept, markGroupRead: () => undefined });
}

test.each([2, 8, 65, 256])('a tree of %i members is drawn, told as text, and fits its box', async (count) => {
  await page.viewport(390, 844);
  show(agentWith(count), `group/${groupId}/tree`);
  const tree = page.getByRole('region', { name: /^Ratchet tree of epoch/ });
  await expect.element(tree.getByRole('button', { name: 'Leaf 1 of helper_agent_001' })).toBeVisible();
  await expect
    .element(page.getByText(/^traveller_agent_001 renewed its leaf key and \d secrets? above it/))
    .toBeVisible();
  expect(tree.element().scrollWidth).toBeLessThanOrEqual(tree.element().clientWidth);
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
  const isLarge = count > 32;
  expect(tree.element().querySelectorAll('button').length).toBeLessThan(isLarge ? 48 : 32);
  if (isLarge) {
    await page.getByRole('button', { name: 'Show all leaves' }).click();
    await expect.element(tree.getByRole('button', { name: /^Leaf 63 of member-64/ })).toBeInTheDocument();
  }
  await page.getByText('The same as text').click();
  const rows = page.getByRole('table', { name: 'Members, and which epochs each reads' }).getByRole('row');
  await expect.poll(() => rows.elements().length).toBe(count + (count < 256 ? 2 : 1));
});

test('a removed member reads until its removal: the address says whose epochs and which one is shown', async () => {
  const address = show(agentWith(8), `group/${groupId}/tree`);
  await page.getByRole('button', { name: /^ghost reads until epoch/ }).click();
  await expect.element(page.getByText(/ghost cannot read epoch \d+: helper_agent_001 removed it/)).toBeVisible();
  await expect.element(page.getByText(/ghost held none of them/)).toBeVisible();
  expect(address()).toBe(`group/${groupId}/tree?who=ghost`);
  await page.getByRole('button', { name: /, the last one it reads$/ }).click();
  await expect.element(page.getByText(/ghost can read epoch 5/)).toBeVisible();
  expect(address()).toBe(`group/${groupId}/tree?epoch=5&who=ghost`);
  await page.getByRole('button', { name: /^Epoch 2: .*ghost cannot read it$/ }).click();
  await expect.element(page.getByText(/it joined with epoch 3/)).toBeVisible();
});

test('a new epoch is shown as it begins, and its path is told in words', async () => {
  const kept = epochsOf(8, groupId);
  const agent = agentWith(8, kept.slice(0, 2));
  show(agent, `group/${groupId}/tree`);
  const commit = page.getByRole('region', { name: /^The commit of epoch/ });
  await expect
    .element(commit.getByText(/^helper_agent_001 renewed its leaf key and 3 secrets above it, encrypted for 7 keys/))
    .toBeVisible();
  const next = kept[3];
  if (next === undefined) throw new TypeError('There is a fourth epoch.');
  agent.tell({ type: 'epoch', epoch: next });
  await expect.element(commit.getByText(/^member-3 renewed its leaf key/)).toBeVisible();
  await expect.element(commit.getByText(/encrypted for the leaf of member-4$/)).toBeVisible();
  const lit = [...document.querySelectorAll('.tree-node[data-lit]')].map((node) => node.getAttribute('data-node'));
  expect(lit).toEqual(expect.arrayContaining(['4', ...next.path.map(({ node }) => String(node))]));
});

test('the tree is one stop for the keyboard, and arrows move within', async () => {
  show(agentWith(8), `group/${groupId}/tree/3`);
  const tree = page.getByRole('region', { name: /^Ratchet tree/ });
  await expect.element(page.getByRole('region', { name: 'Node 3' })).toBeVisible();
  expect(tree.element().querySelectorAll('[tabindex="0"]')).toHaveLength(1);
  tree.element().querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(['1', '5']).toContain(document.activeElement?.getAttribute('data-node'));
});

test('the key schedule shows fingerprints, and lights what a value comes from', async () => {
  const address = show(agentWith(2), `group/${groupId}/keys`);
  const graph = page.getByRole('region', { name: 'Key schedule' });
  await graph.getByRole('button', { name: /^exporter_secret [0-9a-f]{16}$/ }).click();
  expect(address()).toBe(`group/${groupId}/keys/exporter_secret`);
  await expect.element(page.getByRole('region', { name: 'exporter_secret' }).getByText('epoch_secret')).toBeVisible();
  expect(graph.element().querySelector('[data-node="commit_secret"]')?.getAttribute('data-tone')).toBe('from');
  expect(graph.element().querySelector('[data-node="welcome_secret"]')?.hasAttribute('data-tone')).toBe(false);
  await page.getByText('The same as text').click();
  await expect.element(page.getByRole('table', { name: /^Key schedule of epoch/ })).toBeVisible();
});

test('a group without a recorded epoch says when there will be one', async () => {
  show(agentWith(2, []), `group/${groupId}/tree`);
  await expect.element(page.getByText('No epoch is recorded yet')).toBeVisible();
});
