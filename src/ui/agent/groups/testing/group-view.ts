import type { GroupMemberView, GroupPartView, GroupView } from '../../../../agent/contracts/group-views.ts';
import { conversationOf } from '../../../../agent/contracts/group-views.ts';
import type { GroupExchangeView } from '../../../../agent/contracts/views.ts';

export const groupId = 'c0ffee'.padEnd(32, '0');

/** A member as the tests need it, as `change` has it. */
export function memberView(agentId: string, change: Partial<GroupMemberView> = {}): GroupMemberView {
  return {
    agentId,
    isSelf: false,
    isAdmin: false,
    leaf: 0,
    verification: 'unverified',
    trust: 'trusted',
    isHeard: true,
    sinceEpoch: 1,
    isLeaving: false,
    isDiverged: false,
    ...change,
  };
}

/** A group of which `traveller_agent_001` is an admin, as `change` has it. */
export function groupView(change: Partial<GroupView> = {}): GroupView {
  return {
    groupId,
    kind: 'group',
    name: 'release-team',
    status: 'member',
    epoch: 17,
    members: [
      memberView('traveller_agent_001', { isSelf: true, isAdmin: true }),
      memberView('helper_agent_001', { leaf: 1, verification: 'verified' }),
      memberView('scout', { leaf: 2, isHeard: false }),
    ],
    isAdmin: true,
    createdAt: 0,
    next: 20,
    unread: 0,
    latestAt: 0,
    sendsReceipts: false,
    ...change,
  };
}

/** What was said in the group at an index of its log. */
export function said(
  index: number,
  part: Partial<GroupPartView> = {},
  change: Partial<GroupExchangeView> = {},
): GroupExchangeView {
  const sender = part.sender ?? 'helper_agent_001';
  return {
    requestId: `m${index}`,
    sessionId: '',
    peerId: conversationOf(groupId),
    direction: sender === 'traveller_agent_001' ? 'outgoing' : 'incoming',
    method: 'message',
    parameters: `said ${index}`,
    at: 1_790_000_000_000 + index * 1_000,
    status: 'success',
    sequence: index,
    ...change,
    group: {
      groupId,
      messageId: index.toString(16).padStart(32, '0'),
      index,
      sender,
      kind: 'message',
      answers: [],
      awaiting: [],
      delivery: 'stored',
      ...part,
    },
  };
}
