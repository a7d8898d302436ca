import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import type { AgentRow, MadeTokenRow, TokenRow } from '../../http/operator-answers.ts';
import { AgentsPanel } from './agents-panel.tsx';
import { OperatorSession } from './operator-session.ts';
import { TokensPanel } from './tokens-panel.tsx';

let root: Root;
/** What the server answers, by method and address. */
let answers: (request: string, body: string) => object | Promise<object>;

beforeEach(() => {
  const { fetch } = window;
  vi.spyOn(window, 'fetch').mockImplementation(async (input, init) => {
    const address = String(input);
    if (!address.startsWith('/operator/')) return fetch(input, init);
    return Response.json(await answers(`${init?.method ?? 'GET'} ${address}`, String(init?.body ?? '')));
  });
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  root.unmount();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

function show(panel: ReactNode): void {
  const { hook, searchHook } = memoryLocation({ path: '/admin' });
  root.render(
    <QueryClientProvider client={new QueryClient()}>
      <Router hook={hook} searchHook={searchHook}>
        {panel}
      </Router>
    </QueryClientProvider>,
  );
}

const agent = (agentId: string): AgentRow => ({
  agent_id: agentId,
  address: `/agents/${agentId}`,
  status: 'active',
  online: true,
  last_seen: null,
  key: '00'.repeat(32),
  certificate_end: null,
  revoked_at: null,
  reason: null,
});

test('the agents of another filter stay, named by what was asked for, until the answer is there', async () => {
  const late = Promise.withResolvers<object>();
  answers = (request) => (request.includes('filter=') ? late.promise : { agents: [] });
  show(<AgentsPanel session={new OperatorSession('token')} />);
  await expect.element(page.getByText(/^No agent has registered yet/)).toBeVisible();
  const field = page.getByLabelText('agent_id holds');
  await userEvent.fill(field, 'scout');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText('Loading')).toBeVisible();
  await expect.element(page.getByText('No agent is like that.')).not.toBeInTheDocument();
  await expect.element(field).toHaveFocus();
  await expect.element(field).toHaveValue('scout');
  late.resolve({ agents: [] });
  await expect.element(page.getByText('No agent is like that.')).toBeVisible();
  await expect.element(page.getByText('Loading')).not.toBeInTheDocument();
});

test('while a page of other agents loads, the way to the next page is the one of the agents that are shown', async () => {
  const late = Promise.withResolvers<object>();
  answers = (request) =>
    request.includes('state=') ? late.promise : { agents: [agent('scout_agent_001')], next: 'scout_agent_001' };
  show(<AgentsPanel session={new OperatorSession('token')} />);
  const next = page.getByRole('link', { name: 'Next page' });
  await expect.element(next).toHaveAttribute('href', '/admin?after=scout_agent_001');
  await userEvent.selectOptions(page.getByLabelText('State'), 'revoked');
  await userEvent.click(page.getByRole('button', { name: 'Filter' }));
  await expect.element(page.getByText('Loading')).toBeVisible();
  await expect.element(page.getByText('scout_agent_001')).toBeVisible();
  await expect.element(next).toHaveAttribute('href', '/admin?after=scout_agent_001');
  late.resolve({ agents: [agent('other_agent_001')] });
  await expect.element(page.getByText('other_agent_001')).toBeVisible();
  await expect.element(next).not.toBeInTheDocument();
});

/** A server that keeps tokens: of the secret of a token its name and how often it was made tell. */
function tokenServer() {
  const tokens = new Map<string, TokenRow>();
  let made = 0;
  const secretOf = (row: TokenRow): MadeTokenRow => {
    made += 1;
    return { ...row, token: `secret ${made} of ${row.name}` };
  };
  return (request: string, body: string) => {
    const id = /\/operator\/tokens\/([^/]+)/.exec(request)?.[1] ?? '';
    const row = tokens.get(id);
    if (request.startsWith('DELETE') && row !== undefined) {
      tokens.delete(id);
      return row;
    }
    if (request.endsWith('/rotate') && row !== undefined) return secretOf(row);
    if (request.startsWith('GET')) return { tokens: [...tokens.values()] };
    const { name } = JSON.parse(body);
    const added = { id: `id-${name}`, name, made_at: 0, expires_at: null, uses: null, used: 0, usable: true };
    tokens.set(added.id, added);
    return secretOf(added);
  };
}

test('each secret stays on screen until it is put away, replaced or revoked, whatever is made meanwhile', async () => {
  answers = tokenServer();
  show(<TokensPanel session={new OperatorSession('token')} />);
  for (const name of ['one', 'two']) {
    await userEvent.fill(page.getByLabelText('Name'), name);
    await userEvent.click(page.getByRole('button', { name: 'Make a token' }));
    await expect.element(page.getByText(new RegExp(`^secret \\d of ${name}$`))).toBeVisible();
  }
  await expect.element(page.getByText('secret 1 of one')).toBeVisible();

  const confirm = async (button: string, word: string) => {
    await userEvent.click(page.getByRole('button', { name: button, exact: true }));
    await userEvent.click(page.getByRole('dialog').getByRole('button', { name: word }));
  };
  await confirm('Rotate two', 'Rotate');
  await expect.element(page.getByText('secret 3 of two')).toBeVisible();
  await expect.element(page.getByText('secret 2 of two')).not.toBeInTheDocument();
  await expect.element(page.getByText('secret 1 of one')).toBeVisible();

  await confirm('Revoke the token two', 'Revoke');
  await expect.element(page.getByText('secret 3 of two')).not.toBeInTheDocument();
  await userEvent.click(page.getByRole('button', { name: 'Done with the token one' }));
  await expect.element(page.getByText('secret 1 of one')).not.toBeInTheDocument();
});
