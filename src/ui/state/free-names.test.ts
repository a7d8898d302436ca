import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAgentId } from '../../protocol/ids.ts';
import type { ReadNames } from './directory-names.ts';
import { entryOf, freeName, stemOf } from './free-names.ts';

/** A directory of these names that counts what it is asked. */
function directoryOf(names: readonly string[]): { readonly read: ReadNames; readonly asked: number[] } {
  const sorted = [...new Set(names)].filter(isAgentId).sort();
  const asked: number[] = [];
  return {
    asked,
    read: async (after, limit) => {
      asked.push(limit);
      return sorted
        .filter((name) => name > after)
        .slice(0, limit)
        .map((agentId) => ({ agentId, status: 'active' }));
    },
  };
}

const traveller = (number: number) => `traveller_agent_${String(number).padStart(3, '0')}`;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => traveller(index + 1));

describe('a free name', () => {
  test.each([
    ['none', [], 'traveller_agent_001'],
    ['other names', ['helper_agent_001', 'traveller_agent_x', 'zebra'], 'traveller_agent_001'],
    ['one', upTo(1), 'traveller_agent_002'],
    ['a gap', [...upTo(4), traveller(6)], 'traveller_agent_005'],
    ['a whole page', upTo(32), 'traveller_agent_033'],
    ['a longer number between', [...upTo(31), 'traveller_agent_0315'], 'traveller_agent_032'],
    ['1,200', upTo(1_200), 'traveller_agent_1201'],
  ])('beside %s', async (_, names, free) => {
    expect(await freeName('traveller_agent_', directoryOf(names).read)).toBe(free);
  });

  test('is in no directory, whatever that lists', async () => {
    const name = fc.oneof(
      fc.integer({ min: 1, max: 150 }).map(traveller),
      fc.stringMatching(/^traveller_agent_[0-9a-z_]{0,6}$/),
      fc.stringMatching(/^[a-z][a-z0-9_]{2,20}$/),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 200 }), fc.nat(5), async (names, skip) => {
        expect(names).not.toContain(await freeName('traveller_agent_', directoryOf(names).read, skip));
      }),
    );
  });

  test('of a thousand taken ones is found with one page and 22 single look-ups at most', async () => {
    const { read, asked } = directoryOf(upTo(1_000));
    await freeName('traveller_agent_', read);
    expect(asked[0]).toBe(32);
    expect(asked.slice(1).every((limit) => limit === 1)).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(23);
  });

  test('can be a later one, so that two who ask at once do not collide', async () => {
    const { read } = directoryOf([traveller(2)]);
    expect(await freeName('traveller_agent_', read, 1)).toBe(traveller(3));
    expect(await freeName('traveller_agent_', read, 2)).toBe(traveller(4));
  });

  test('fits its length however long the stem is', async () => {
    expect(isAgentId(await freeName('a'.repeat(80), directoryOf([]).read))).toBe(true);
  });
});

test.each([
  ['traveller_agent_001', 'traveller_agent_'],
  ['scout', 'scout_'],
  ['agent_9', 'agent_'],
  ['r2d2', 'r2d_'],
])('the stem of %s is %s', (agentId, stem) => {
  expect(stemOf(agentId)).toBe(stem);
});

test('only the exact name is its entry', async () => {
  const { read } = directoryOf(['scout', 'scout_002', 'scouts']);
  expect((await entryOf('scout_002' as never, read))?.agentId).toBe('scout_002');
  expect(await entryOf('scout_00' as never, read)).toBeUndefined();
  expect(await entryOf('scouu' as never, read)).toBeUndefined();
});
