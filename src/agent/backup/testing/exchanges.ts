import fc from 'fast-check';
import { conversationOf } from '../../contracts/group-views.ts';
import type { Json } from '../../contracts/views.ts';
import type { HistoryExchange } from '../../history/exchange-record.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
/** As JSON has it: minus zero becomes zero. */
const json: fc.Arbitrary<Json> = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 5 })
  .map((value): Json => JSON.parse(JSON.stringify(value)));
const instant = fc.integer({ min: 0, max: 8.64e15 });

const agentId = fc.stringMatching(/^[a-z][a-z0-9_]{2,10}$/);
const id = fc.stringMatching(/^[0-9a-f]{32}$/);
const second = fc.integer({ min: 0, max: 8.64e12 });

const answer = fc.record(
  {
    from: agentId,
    at: instant,
    status: fc.constantFrom('success' as const, 'error' as const),
    result: json,
    error: fc.record({ code: text, detail: text }),
    messageId: id,
    sentAt: second,
  },
  { requiredKeys: ['from', 'at', 'status'] },
);

/** What a group has in an exchange. */
const group = fc.record(
  {
    groupId: id,
    messageId: id,
    index: second,
    sender: agentId,
    kind: fc.constantFrom('message' as const, 'request' as const),
    to: fc.array(agentId, { maxLength: 3 }),
    answers: fc.array(answer, { maxLength: 3 }),
    awaiting: fc.array(agentId, { maxLength: 3 }),
    expiresAt: instant,
    delivery: fc.constantFrom('sending' as const, 'stored' as const, 'delivered' as const),
    attachment: fc.record({ size: second, name: text, mediaType: text }, { requiredKeys: ['size'] }),
    apart: fc.constantFrom('diverged' as const, 'not_trusted' as const),
  },
  { requiredKeys: ['groupId', 'messageId', 'sender', 'kind', 'answers', 'awaiting', 'delivery'] },
);

const exchange = fc.record(
  {
    requestId: text,
    sessionId: fc.constantFrom('', 'ab'.repeat(16)),
    direction: fc.constantFrom('outgoing' as const, 'incoming' as const),
    method: text,
    parameters: json,
    at: instant,
    status: fc.constantFrom(
      'pending' as const,
      'held' as const,
      'success' as const,
      'error' as const,
      'failed' as const,
    ),
    result: json,
    error: fc.record({ code: text, detail: text }),
    durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
    answerBy: instant,
    group,
  },
  { requiredKeys: ['requestId', 'sessionId', 'direction', 'method', 'parameters', 'at', 'status'] },
);

/** Histories with several peers, peer by peer, the oldest exchange first; sequences may have gaps. */
export const histories: fc.Arbitrary<readonly HistoryExchange[]> = fc
  .uniqueArray(fc.oneof(agentId, id.map(conversationOf)), { maxLength: 4 })
  .chain((peers) =>
    fc.tuple(
      ...peers.map((peerId) =>
        fc.array(fc.tuple(exchange, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 8 }).map((items) => {
          let sequence = 0;
          return items.map(([view, step]): HistoryExchange => {
            sequence += step;
            return { ...view, peerId, sequence };
          });
        }),
      ),
    ),
  )
  .map((conversations) => conversations.flat());

/** One exchange to change in a test. */
export const someExchange: HistoryExchange = {
  peerId: 'helper_agent_001',
  sequence: 1,
  requestId: 'req_1',
  sessionId: 'ab'.repeat(16),
  direction: 'outgoing',
  method: 'send_request',
  parameters: { query: 'Where is the heirloom?' },
  at: 1_790_000_000_000,
  status: 'success',
  result: { text: 'Under the floorboards.' },
  durationMs: 12.5,
};
