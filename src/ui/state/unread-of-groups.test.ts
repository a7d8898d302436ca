import { expect, test } from 'vitest';
import type { GroupView, InvitationView } from '../../agent/contracts/group-views.ts';
import { emptyAgentState } from './agent-state.ts';
import { unreadOfGroups } from './unread-of-groups.ts';

const id = (digit: string) => digit.repeat(32);
const identity = {} as never;

function group(groupId: string, unread: number, kind: GroupView['kind'] = 'group'): GroupView {
  return {
    groupId,
    kind,
    name: 'release-team',
    status: 'member',
    epoch: 1,
    members: [],
    isAdmin: false,
    createdAt: 0,
    next: 1,
    unread,
    latestAt: 0,
    sendsReceipts: false,
  };
}

const invitation = (groupId: string): InvitationView => ({
  groupId,
  kind: 'group',
  name: 'release-team',
  inviter: 'helper_agent_001',
  inviterVerification: 'unverified',
  members: [],
  receivedAt: 0,
  until: 1,
});

const ready = { ...emptyAgentState, phase: { phase: 'ready', identity } as const };
const nothing = () => false;

test('a group counts what its agent says, unless it is in view or is a peer’s conversation', () => {
  const counts = new Map([['helper_agent_001', 2]]);
  const groups = [group(id('a'), 3), group(id('b'), 4), group(id('c'), 5, 'direct')];
  expect(unreadOfGroups(counts, { ...ready, groups }, ready, (groupId) => groupId === id('b'))).toBe(true);
  expect([...counts]).toEqual([
    ['helper_agent_001', 2],
    [`#${id('a')}`, 3],
  ]);
});

test('an invitation counts once, when it comes, and no more when it is gone', () => {
  const counts = new Map<string, number>();
  const invited = { ...ready, invitations: [invitation(id('a'))] };
  expect(unreadOfGroups(counts, invited, ready, nothing)).toBe(true);
  expect(counts.get(`#${id('a')}`)).toBe(1);
  counts.clear();
  const another = { ...ready, invitations: [invitation(id('a')), invitation(id('b'))] };
  unreadOfGroups(counts, another, invited, nothing);
  expect([...counts]).toEqual([[`#${id('b')}`, 1]]);
  expect(unreadOfGroups(counts, ready, another, nothing)).toBe(true);
  expect(counts.size).toBe(0);
});

test('what was counted before a reload stays until the agent says what it has', () => {
  const counts = new Map([[`#${id('a')}`, 1]]);
  expect(unreadOfGroups(counts, emptyAgentState, emptyAgentState, nothing)).toBe(false);
  expect(counts.size).toBe(1);
  const invited = { ...ready, invitations: [invitation(id('a'))] };
  expect(unreadOfGroups(counts, invited, emptyAgentState, nothing)).toBe(false);
  expect(counts.get(`#${id('a')}`)).toBe(1);
});
