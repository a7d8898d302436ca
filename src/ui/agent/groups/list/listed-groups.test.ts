import { expect, test } from 'vitest';
import { groupView } from '../testing/group-view.ts';
import { listedGroups } from './listed-groups.ts';

test('the group where something was said last comes first, one that was left last, and a direct one not at all', () => {
  const rows = listedGroups([
    groupView({ groupId: 'a'.repeat(32), latestAt: 1 }),
    groupView({ groupId: 'b'.repeat(32), latestAt: 9, status: 'left' }),
    groupView({ groupId: 'c'.repeat(32), latestAt: 5 }),
    groupView({ groupId: 'd'.repeat(32), latestAt: 8, kind: 'direct' }),
  ]);
  expect(rows.map(({ groupId }) => groupId[0])).toEqual(['c', 'a', 'b']);
});
