import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import type { KnownAgent } from '../../storage/indexeddb/known-agents.ts';
import { isOfRole, type NameSources, nameForRole, otherRole } from './role-names.ts';

const own = (agentId: string): KnownAgent => ({ agentId, signingFingerprint: 'aa:bb' });

interface Given {
  readonly known?: readonly KnownAgent[];
  readonly inUse?: readonly string[];
  readonly active?: readonly string[];
  readonly revoked?: readonly string[];
}

function sources({ known = [], inUse = [], active = [], revoked = [] }: Given): NameSources {
  return {
    known: async () => known,
    inUse: async () => new Set(inUse),
    read: async (after, limit) =>
      [...active, ...revoked]
        .filter(isAgentId)
        .filter((name) => name > after)
        .sort()
        .slice(0, limit)
        .map((agentId) => ({ agentId, status: revoked.includes(agentId) ? 'revoked' : 'active' })),
  };
}

const offline: NameSources['read'] = async () => {
  throw new ParleyError('controller_unreachable', 'Nobody answers.');
};

describe('the name for Traveller', () => {
  const one = 'traveller_agent_001';
  const two = 'traveller_agent_002';
  test.each<[string, Given, string]>([
    ['on an empty server is the first', {}, one],
    ['in a second browser is the next free one', { active: [one] }, two],
    ['after Forget is the next free one', { revoked: [one] }, two],
    ['is that of this browser', { known: [own(one)], active: [one] }, one],
    ['is the last used of this browser', { known: [own(two), own(one)], active: [one, two] }, two],
    ['is not that of a revoked agent', { known: [own(one)], revoked: [one] }, two],
    ['is not that of an agent that a tab has open', { known: [own(one)], inUse: [one], active: [one] }, two],
    ['is that of a start that was interrupted', { known: [{ agentId: one }] }, one],
    ['is not one that was taken since', { known: [{ agentId: one }], active: [one] }, two],
    ['is no other agent of this browser', { known: [own('scout'), own('traveller_agent_x')], active: ['scout'] }, one],
    ['is that of this browser at a Controller that has lost its directory', { known: [own(two)] }, two],
  ])('%s', async (_, given, name) => {
    expect(await nameForRole('traveller', {}, sources(given))).toBe(name);
  });

  test('can be a new one beside that of this browser', async () => {
    const given = sources({ known: [own(one)], active: [one] });
    expect(await nameForRole('traveller', { isNew: true }, given)).toBe(two);
    expect(await nameForRole('traveller', { isNew: true, skip: 2 }, given)).toBe('traveller_agent_004');
  });

  test('is that of this browser while the server cannot be reached', async () => {
    expect(await nameForRole('traveller', {}, { ...sources({ known: [own(two)] }), read: offline })).toBe(two);
  });

  test('is not made up while the server cannot be reached', async () => {
    const refused = nameForRole('traveller', {}, { ...sources({ known: [{ agentId: one }] }), read: offline });
    await expect(refused).rejects.toMatchObject({ code: 'controller_unreachable' });
  });
});

test('a role has the numbered names of its stem', () => {
  expect(
    ['helper_agent_001', 'helper_agent_1200', 'helper_agent_', 'helper_agent_x1', 'helper'].map((name) =>
      isOfRole('helper', name),
    ),
  ).toEqual([true, true, false, false, false]);
  expect(['helper_agent_007', 'traveller_agent_001', 'scout'].map(otherRole)).toEqual([
    'traveller',
    'helper',
    'helper',
  ]);
});
