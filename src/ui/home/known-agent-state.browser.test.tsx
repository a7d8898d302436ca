import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { KnownAgentState } from './known-agent-state.tsx';

vi.mock('../../platform/agent-lock.ts', () => ({ agentsInUse: async () => new Set(['open_agent', 'other_agent']) }));
vi.mock('../state/directory-names.ts', () => ({
  readNames: async (after: string) =>
    ['lost_agent', 'other_agent'].filter((name) => name > after).map((agentId) => ({ agentId, status: 'revoked' })),
}));

test('an agent is called revoked only where the name is its own', async () => {
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <QueryClientProvider client={new QueryClient()}>
      <section aria-label="registered">
        <KnownAgentState agentId="lost_agent" isRegistered />
      </section>
      <section aria-label="never registered">
        <KnownAgentState agentId="other_agent" isRegistered={false} />
      </section>
    </QueryClientProvider>,
  );
  await expect.element(page.getByLabelText('registered', { exact: true })).toHaveTextContent('✕ revoked');
  await expect.element(page.getByLabelText('never registered')).toHaveTextContent('● open in a tab');
});
