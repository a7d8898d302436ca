import { expect, test, vi } from 'vitest';
import { KeyPool } from '../run/key-pool.ts';
import { dishonestMember } from './dishonest-member.ts';

// The lab can lose: who may what is not looked at here.
vi.mock('../../group/rules/permissions.ts', async (original) => ({
  ...(await original<typeof import('../../group/rules/permissions.ts')>()),
  checkPermissions: () => undefined,
}));

test('without permissions, a removal by a member that is no admin is reported as accepted', async () => {
  const made = new Map<string, string>();
  const stop = new AbortController();
  await dishonestMember.run({
    keys: new KeyPool(),
    signal: stop.signal,
    progress: () => undefined,
    report: ({ id, verdict }) => {
      made.set(id, verdict.outcome);
      if (id === 'removes') stop.abort();
    },
  });
  expect(made.get('removes')).toBe('succeeded');
  // What other rules and MLS find stays refused.
  expect(made.get('swaps-credential')).toBe('refused');
  expect(made.get('garbage')).toBe('refused');
});
