import { beforeEach, expect, test, vi } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import type { KnownAgent } from '../../storage/indexeddb/known-agents.ts';
import { chooseName, chosenRole, mayBeForgotten, nameIsOurs } from './chosen-names.ts';

const name = 'traveller_agent_001';
const here = vi.hoisted(() => ({
  known: async (): Promise<readonly KnownAgent[]> => [],
  keeps: async () => false,
}));
vi.mock('../../storage/indexeddb/known-agents.ts', () => ({
  knownAgents: () => here.known(),
  keepsAnything: () => here.keeps(),
}));
vi.mock('./role-names.ts', () => ({ nameForRole: async () => 'traveller_agent_001' }));

beforeEach(() => {
  nameIsOurs(name);
  here.known = async () => [];
});

test('a name is remembered as chosen until it is registered by this browser', async () => {
  expect(await chooseName('traveller')).toBe(name);
  expect(chosenRole(name)).toBe('traveller');
  nameIsOurs(name);
  expect(chosenRole(name)).toBeUndefined();
});

test('the name of a start that was interrupted is remembered, one that this browser has registered is not', async () => {
  here.known = async () => [{ agentId: name }];
  await chooseName('traveller');
  expect(chosenRole(name)).toBe('traveller');
  here.known = async () => [{ agentId: name, signingFingerprint: 'aa:bb' }];
  expect(await chooseName('traveller')).toBe(name);
  expect(chosenRole(name)).toBeUndefined();
});

test('no name is remembered where nobody can say whether this browser has registered it', async () => {
  here.known = async () => {
    throw new ParleyError('storage_failed', 'The disk is broken.');
  };
  expect(await chooseName('traveller', true)).toBe(name);
  expect(chosenRole(name)).toBeUndefined();
});

test('an agent may be forgotten only where the storage says that it holds nothing of it', async () => {
  expect(await mayBeForgotten(name)).toBe(true);
  here.keeps = async () => true;
  expect(await mayBeForgotten(name)).toBe(false);
  here.keeps = async () => {
    throw new ParleyError('storage_failed', 'The disk is broken.');
  };
  expect(await mayBeForgotten(name)).toBe(false);
});
