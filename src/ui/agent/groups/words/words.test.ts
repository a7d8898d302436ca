import { expect, test } from 'vitest';
import type { GroupMemberView } from '../../../../agent/contracts/group-views.ts';
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

test('a member that is like any other has no notes; what stops sending comes first', () => {
  expect(memberNotes(member)).toEqual([]);
  const words = memberNotes({ ...member, isHeard: false, isLeaving: true, trust: 'revoked' }).map(({ word }) => word);
  expect(words).toEqual(['not trusted: revoked', 'leaving', 'not heard yet']);
  expect(memberNotes({ ...member, isHeard: false, isSelf: true })).toEqual([]);
});
