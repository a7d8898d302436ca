import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { emptyAgentState } from '../../state/agent-state.ts';
import { exchange } from '../exchange/testing/exchange.ts';
import { SendBox } from './send-box.tsx';

const { refusals, stored } = vi.hoisted(() => ({
  refusals: [] as ((why: Error) => void)[],
  stored: [] as ExchangeView[],
}));
vi.mock('../../state/hosted.ts', () => {
  const send = () => new Promise<never>((_, reject) => refusals.push(reject));
  const history = async () => ({ exchanges: stored });
  const store = { getState: () => emptyAgentState };
  const hosted = { agentId: 'writing_agent', engine: { send, history }, store };
  const useAgentState = (select: (state: typeof emptyAgentState) => unknown) => select(emptyAgentState);
  return { useHosted: () => hosted, useAgentState };
});
vi.mock('../../../storage/indexeddb/drafts.ts', () => ({
  loadDrafts: async () => new Map(),
  saveDraft: async () => undefined,
}));

let root: Root | undefined;

function show(peerId: string): void {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(<SendBox peerId={peerId} isAway={false} sending={() => undefined} />);
}

function refuse(): void {
  refusals.shift()?.(new ParleyError('queue_full', 'Too many requests wait for the peer.'));
}

const field = (peerId: string) => page.getByRole('textbox', { name: `Text to ${peerId}` });

async function write(peerId: string, text: string): Promise<void> {
  await field(peerId).fill(text);
  await userEvent.keyboard('{Enter}');
  await expect.element(field(peerId)).toHaveValue('');
}

afterEach(() => root?.unmount());

test('a text that was refused stands before the one that was begun meanwhile', async () => {
  show('peer_begun');
  await write('peer_begun', 'first');
  await field('peer_begun').fill('second');
  refuse();
  await expect.element(field('peer_begun')).toHaveValue('first\nsecond');
});

test('a text that was refused while methods are written is in its box again', async () => {
  show('peer_methods');
  await write('peer_methods', 'first');
  await page.getByRole('radio', { name: 'method' }).click();
  await expect.element(page.getByRole('textbox', { name: 'query' })).toBeVisible();
  refuse();
  await expect.element(page.getByText('queue_full')).toBeVisible();
  await page.getByRole('radio', { name: 'text' }).click();
  await expect.element(field('peer_methods')).toHaveValue('first');
});

test('what was begun in another view of the conversation is not overwritten', async () => {
  show('peer_views');
  await write('peer_views', 'first');
  root?.unmount();
  show('peer_views');
  await field('peer_views').fill('second');
  refuse();
  await expect.element(field('peer_views')).toHaveValue('first\nsecond');
});

test('parameters that were refused are back with their method', async () => {
  show('peer_json');
  await page.getByRole('radio', { name: 'method' }).click();
  await page.getByRole('combobox', { name: 'Method' }).selectOptions('echo');
  await page.getByRole('textbox', { name: 'text' }).fill('again');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('combobox', { name: 'Method' }).selectOptions('ping');
  refuse();
  await expect.element(page.getByRole('combobox', { name: 'Method' })).toHaveValue('echo');
});

test('a text that the agent has stored is not written again, also when the screen does not show it yet', async () => {
  show('peer_stored');
  await write('peer_stored', 'first');
  const sent = { peerId: 'peer_stored', method: 'send_request', parameters: { query: 'first' }, at: Date.now() };
  stored.push(exchange(1, { ...sent, direction: 'outgoing', status: 'failed' }));
  await write('peer_stored', 'second');
  refuse();
  refuse();
  await expect.element(field('peer_stored')).toHaveValue('second');
});
