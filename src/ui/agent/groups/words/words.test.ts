import { expect, test } from 'vitest';
import type { GroupMemberView } from '../../../../agent/contracts/group-views.ts';
import { namesOf } from './agent-names.ts';
import { eventWords } from './event-words.ts';
import { memberNotes } from './member-notes.ts';

const member: GroupMemberView = {
  agentId: 'helper_agent_001',
  isSelf: false,
  isAdmin: false,
  leaf: 1,
  verification: 'unverified',
  trust: 'trusted',
  isHeard: true,
  sinceEpoch: 1,
  isLeaving: false,
  isDiverged: false,
};

test.each([
  [[], 'nobody'],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and e'],
  [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d and 2 others'],
])('lists %j as %j', (names, text) => {
  expect(namesOf(names)).toBe(text);
});

test('each thing that happens is one sentence that says who did it', () => {
  const by = 'traveller_agent_001';
  expect(eventWords({ by, what: { kind: 'added', who: ['a', 'b'] } })).toBe(`${by} added a and b`);
  expect(eventWords({ by, what: { kind: 'removed', who: ['a'], because: 'revoked' } })).toBe(
    `${by} removed a: its certificate was revoked`,
  );
  expect(eventWords({ by, what: { kind: 'left', who: ['a'] } })).toBe('a left');
  expect(eventWords({ by, what: { kind: 'skipped', code: 'not_an_admin' } })).toContain('not_an_admin');
});

test('a member that is like any other has no notes; what stops sending comes first', () => {
  expect(memberNotes(member)).toEqual([]);
  const words = memberNotes({ ...member, isHeard: false, isLeaving: true, trust: 'revoked' }).map(({ word }) => word);
  expect(words).toEqual(['not trusted: revoked', 'leaving', 'not heard yet']);
  expect(memberNotes({ ...member, isHeard: false, isSelf: true })).toEqual([]);
});
