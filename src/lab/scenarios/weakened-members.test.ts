import { expect, test, vi } from 'vitest';
import { GroupWithAttacker } from '../attacker/group-with-attacker.ts';
import { Served } from '../attacker/served.ts';
import { runGroupTries } from '../run/group-run.ts';
import { KeyPool } from '../run/key-pool.ts';
import { falseGroup } from './false-group.ts';
import { falseMembers } from './false-members.ts';

// The lab can lose: here every member is trusted, and no signature of a message in a group is looked at.
vi.mock('../../group/credential/trust.ts', () => ({ trustOf: () => 'trusted' }));
vi.mock('../../mls/framing/content-signature.ts', async (original) => ({
  ...(await original<typeof import('../../mls/framing/content-signature.ts')>()),
  verifyContent: async () => true,
}));

const lab = {
  keys: new KeyPool(),
  signal: new AbortController().signal,
  progress: () => undefined,
  report: () => undefined,
};

test('without trust in members, a false Helper in a group of who has verified the real one is reported as accepted', async () => {
  const tries = falseMembers.filter(({ id }) => id === 'false-member-added');
  const [attempt] = await runGroupTries(lab, () => Served.open(lab), tries);
  expect(attempt?.verdict).toMatchObject({ outcome: 'succeeded', expected: 'refused' });
});

test('without the check of a sender’s signature, a copied leaf counts as heard, and a false group is reported as accepted', async () => {
  const [attempt] = await runGroupTries(lab, () => GroupWithAttacker.open(lab), [falseGroup]);
  expect(attempt?.verdict).toMatchObject({ outcome: 'succeeded', expected: 'refused' });
});
