import { expect, test } from 'vitest';
import { conversationOf } from '../contracts/group-views.ts';
import type { GroupExchangeView } from '../contracts/views.ts';
import { asked, historyConversation } from './testing/history-conversation.ts';

const groupId = 'ab'.repeat(16);
const through = (exchange: ReturnType<typeof asked>, sender: string): GroupExchangeView => ({
  ...exchange,
  peerId: conversationOf(groupId),
  sessionId: '',
  group: {
    ...{ groupId, messageId: 'cd'.repeat(16), sender, kind: 'request', answers: [] },
    ...{ awaiting: ['helper_agent_001'], delivery: 'stored' },
  },
});

test('what goes through groups is left to them: it is neither sent again nor said to have been interrupted', async () => {
  const before = await historyConversation();
  const asking = await before.historyService.history.keep(asked('to a peer', 'req_1'));
  const outgoing = await before.historyService.history.keep(through(asked('to all', 'req_2'), 'traveller_agent_001'));
  const incoming = await before.historyService.history.keep({
    ...through(asked('to me', 'req_3'), 'helper_agent_001'),
    direction: 'incoming',
    status: 'held',
  });
  const { historyService } = await historyConversation(before.store);
  expect(historyService.unanswered).toEqual([asking]);
  expect(historyService.inGroups.map(({ requestId }) => requestId)).toEqual(['req_2', 'req_3']);
  expect(historyService.inGroups[0]).not.toHaveProperty('parameters');
  const { exchanges } = await historyService.history.page(conversationOf(groupId));
  expect(exchanges).toEqual([outgoing, incoming]);
});
