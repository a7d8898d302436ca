import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { openAgentStore } from '../../../storage/indexeddb/agent-store.ts';
import { agentDatabaseName } from '../../../storage/indexeddb/schema.ts';
import type { Role } from '../../state/role-names.ts';
import { TakenName } from './taken-name.tsx';

const { agentId, forget, navigate } = vi.hoisted(() => ({
  agentId: 'taken_agent',
  forget: vi.fn(async () => {}),
  navigate: vi.fn(),
}));
vi.mock('../../state/hosted.ts', () => {
  const hosted = { agentId, engine: { forget } };
  return { useHosted: () => hosted };
});
vi.mock('wouter', () => ({ useLocation: () => ['/agent/taken_agent', navigate] }));

const role: Role = 'traveller';
let root: Root | undefined;

function show(): void {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <TakenName role={role}>
      <p>What to do about it</p>
    </TakenName>,
  );
}

async function keysOf() {
  const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  return {
    signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']),
    encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']),
  };
}

beforeEach(() => {
  forget.mockClear();
  navigate.mockClear();
});

afterEach(async () => {
  root?.unmount();
  indexedDB.deleteDatabase(agentDatabaseName(agentId));
});

test('keys that never belonged to a name are forgotten, and another name is opened', async () => {
  const store = await openAgentStore(agentId);
  await store.saveIdentity({ agentId, address: 'https://localhost:5002', createdAt: 1, ...(await keysOf()) });
  show();
  await expect.poll(() => navigate.mock.calls).toEqual([['/open/traveller', { replace: true }]]);
  expect(forget).toHaveBeenCalledOnce();
});

test('an agent that this browser has registered is never erased unasked: the person decides', async () => {
  const store = await openAgentStore(agentId);
  const certificates = { signing: Uint8Array.of(1), encryption: Uint8Array.of(2) };
  const registration = { certificates, caCertificate: Uint8Array.of(3) };
  const address = 'https://localhost:5002';
  await store.saveIdentity({ agentId, address, createdAt: 1, registration, ...(await keysOf()) });
  show();
  await expect.element(page.getByText('What to do about it')).toBeVisible();
  expect(forget).not.toHaveBeenCalled();
  expect(navigate).not.toHaveBeenCalled();
});

test('another name is opened also when the screen of the forgotten agent comes first', async () => {
  await openAgentStore(agentId);
  forget.mockImplementationOnce(async () => root?.unmount());
  show();
  await expect.poll(() => navigate.mock.calls).toEqual([['/open/traveller', { replace: true }]]);
});
