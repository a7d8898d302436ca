import { describe, expect, test } from 'vitest';
import {
  answerBytesIn,
  fromExchangeRecord,
  type HistoryExchange,
  toArchivedRecord,
  toExchangeRecord,
} from './exchange-record.ts';

const place = {
  sessionId: 'ab'.repeat(16),
  peerId: 'helper_agent_001',
  direction: 'incoming',
  sequence: 7,
} as const;

/** Exchanges, and the JSON that is written of them beside their place: to the byte. */
const golden: Readonly<Record<string, readonly [HistoryExchange, string]>> = {
  'a request that waits for a person': [
    {
      ...place,
      requestId: 'req_1',
      peerKey: '0123456789abcdef01234567',
      method: 'send_request',
      parameters: { query: 'Where is the heirloom?' },
      at: 1_790_000_000_000,
      sentAt: 1_789_999_999,
      status: 'held',
      answerBy: 1_790_000_300_000,
    },
    '{"requestId":"req_1","peerKey":"0123456789abcdef01234567","method":"send_request","parameters":{"query":"Where is the heirloom?"},"at":1790000000000,"sentAt":1789999999,"status":"held","answerBy":1790000300000}',
  ],
  'an answered request': [
    {
      ...place,
      requestId: 'req_2',
      method: 'echo',
      parameters: null,
      at: 1_790_000_000_000,
      status: 'success',
      result: { text: 'Under the floorboards.' },
      durationMs: 12.5,
    },
    '{"requestId":"req_2","method":"echo","parameters":null,"at":1790000000000,"status":"success","result":{"text":"Under the floorboards."},"durationMs":12.5}',
  ],
  'a request that failed': [
    {
      ...place,
      requestId: 'req_3',
      method: 'echo',
      parameters: 'Hello',
      at: 1_790_000_000_000,
      status: 'error',
      error: { code: 'handler_failed', detail: 'No.' },
    },
    '{"requestId":"req_3","method":"echo","parameters":"Hello","at":1790000000000,"status":"error","error":{"code":"handler_failed","detail":"No."}}',
  ],
};

/** Exchanges that went through a group, and the JSON of version 3 beside their place: to the byte. */
const goldenV3: Readonly<Record<string, readonly [HistoryExchange, string]>> = {
  'a request to a group': [
    {
      ...place,
      peerId: '#0123456789abcdef0123456789abcdef',
      direction: 'outgoing',
      requestId: 'ab'.repeat(16),
      method: 'echo',
      parameters: { text: 'Who is there?' },
      at: 1_790_000_000_000,
      sentAt: 1_790_000_000,
      status: 'pending',
      group: {
        groupId: '0123456789abcdef0123456789abcdef',
        messageId: 'ab'.repeat(16),
        index: 12,
        sender: 'traveller_agent_001',
        kind: 'request',
        to: ['helper_agent_001', 'keeper_agent_001', 'walker_agent_001'],
        answers: [
          {
            from: 'helper_agent_001',
            at: 1_790_000_001_000,
            status: 'success',
            result: { text: 'I am.' },
            messageId: 'cd'.repeat(16),
            sentAt: 1_790_000_001,
          },
          {
            from: 'keeper_agent_001',
            at: 1_790_000_002_000,
            status: 'error',
            error: { code: 'not_permitted', detail: 'No.' },
          },
        ],
        awaiting: ['walker_agent_001'],
        expiresAt: 1_790_086_400_000,
        delivery: 'stored',
      },
    },
    '{"requestId":"abababababababababababababababab","method":"echo","parameters":{"text":"Who is there?"},"at":1790000000000,"sentAt":1790000000,"status":"pending","group":{"groupId":"0123456789abcdef0123456789abcdef","messageId":"abababababababababababababababab","index":12,"sender":"traveller_agent_001","kind":"request","to":["helper_agent_001","keeper_agent_001","walker_agent_001"],"answers":[{"from":"helper_agent_001","at":1790000001000,"status":"success","result":{"text":"I am."},"messageId":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","sentAt":1790000001},{"from":"keeper_agent_001","at":1790000002000,"status":"error","error":{"code":"not_permitted","detail":"No."}}],"awaiting":["walker_agent_001"],"expiresAt":1790086400000,"delivery":"stored"}}',
  ],
  'a message with an attachment, shown apart': [
    {
      ...place,
      peerId: '#0123456789abcdef0123456789abcdef',
      requestId: `${'ef'.repeat(16)}:helper_agent_001`,
      method: 'say',
      parameters: 'A map.',
      at: 1_790_000_000_000,
      status: 'success',
      group: {
        groupId: '0123456789abcdef0123456789abcdef',
        messageId: 'ef'.repeat(16),
        index: 3,
        sender: 'helper_agent_001',
        kind: 'message',
        answers: [],
        awaiting: [],
        delivery: 'stored',
        attachment: { size: 5, name: 'map.png', mediaType: 'image/png' },
        apart: 'diverged',
      },
    },
    '{"requestId":"efefefefefefefefefefefefefefefef:helper_agent_001","method":"say","parameters":"A map.","at":1790000000000,"status":"success","group":{"groupId":"0123456789abcdef0123456789abcdef","messageId":"efefefefefefefefefefefefefefefef","index":3,"sender":"helper_agent_001","kind":"message","answers":[],"awaiting":[],"delivery":"stored","attachment":{"size":5,"name":"map.png","mediaType":"image/png"},"apart":"diverged"}}',
  ],
};

/** A request that is left where its peer is away, and the JSON of version 4 beside its place: to the byte. */
const toBeLeft: HistoryExchange = {
  ...place,
  direction: 'outgoing',
  requestId: 'ab'.repeat(16),
  method: 'echo',
  parameters: 'When you are back.',
  at: 1_790_000_000_000,
  sentAt: 1_790_000_000,
  status: 'pending',
  leaveUntil: 1_790_086_400_000,
};
const goldenV4 =
  '{"requestId":"abababababababababababababababab","method":"echo","parameters":"When you are back.","at":1790000000000,"sentAt":1790000000,"status":"pending","leaveUntil":1790086400000}';

/** A request with a body whose answer is a stream, and the JSON of version 5 beside its place: to the byte. */
const withBytes: HistoryExchange = {
  ...place,
  requestId: 'req_4',
  method: 'film',
  parameters: null,
  at: 1_790_000_000_000,
  status: 'success',
  result: null,
  durationMs: 3,
  body: { kind: 'bytes', mediaType: 'application/octet-stream', state: 'whole', size: 3, hash: `${'A'.repeat(43)}=` },
  answer: {
    kind: 'stream',
    mediaType: 'video/mp4',
    streamId: 'ab'.repeat(16),
    keep: 600,
    state: 'failed',
    size: 9_000,
    received: 4_000,
    name: 'a.mp4',
    error: { code: 'stream_failed', detail: 'No.' },
  },
};
const goldenV5 =
  '{"requestId":"req_4","method":"film","parameters":null,"at":1790000000000,"status":"success","result":null,"durationMs":3,"body":{"kind":"bytes","mediaType":"application/octet-stream","state":"whole","size":3,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},"answer":{"kind":"stream","mediaType":"video/mp4","streamId":"abababababababababababababababab","keep":600,"state":"failed","size":9000,"received":4000,"name":"a.mp4","error":{"code":"stream_failed","detail":"No."}}}';

describe('the stored form of an exchange', () => {
  test('version 5 of one with bytes is the same to the byte and reads back, also from an archive', () => {
    expect(JSON.stringify(toExchangeRecord(withBytes))).toBe(goldenV5);
    expect(fromExchangeRecord(JSON.parse(goldenV5), place)).toEqual(withBytes);
    expect(fromExchangeRecord(JSON.parse(JSON.stringify(toArchivedRecord(withBytes))))).toEqual(withBytes);
  });

  test('version 5 holds no text, how far it came only where that is its end, and bytes beside an answer for the agent alone', () => {
    const open = {
      ...withBytes,
      answer: { kind: 'stream', mediaType: 'text/plain', state: 'open', received: 3, text: 'abc' },
    } as const;
    expect(toExchangeRecord(open)).toMatchObject({
      answer: { kind: 'stream', mediaType: 'text/plain', state: 'open' },
    });
    expect(JSON.stringify(toExchangeRecord(open))).not.toMatch(/received|abc/);
    const json: unknown = JSON.parse(JSON.stringify(toExchangeRecord(withBytes, Uint8Array.of(1, 2, 3))));
    expect(answerBytesIn(json)).toEqual(Uint8Array.of(1, 2, 3));
    expect(fromExchangeRecord(json, place)).toEqual(withBytes);
    expect(fromExchangeRecord({ ...JSON.parse(goldenV5), answer: { kind: 'film' } }, place)).toBeUndefined();
  });

  test.each(Object.entries(golden))('version 2 of %s is the same to the byte and reads back', (_, [exchange, json]) => {
    expect(JSON.stringify(toExchangeRecord(exchange))).toBe(json);
    expect(fromExchangeRecord(JSON.parse(json), place)).toEqual(exchange);
  });

  test.each(Object.entries(golden))('version 1 of %s has its place in it and reads back', (_, [exchange, json]) => {
    const whole = `${json.slice(0, -1)},"sessionId":"${place.sessionId}","peerId":"helper_agent_001","direction":"incoming","sequence":7}`;
    expect(JSON.stringify(toArchivedRecord(exchange))).toBe(whole);
    expect(fromExchangeRecord(JSON.parse(whole))).toEqual(exchange);
  });

  test.each(Object.entries(goldenV3))(
    'version 3 of %s is the same to the byte and reads back',
    (_, [exchange, json]) => {
      const { peerId, sessionId, direction, sequence } = exchange;
      expect(JSON.stringify(toExchangeRecord(exchange))).toBe(json);
      expect(fromExchangeRecord(JSON.parse(json), { peerId, sessionId, direction, sequence })).toEqual(exchange);
      expect(fromExchangeRecord(JSON.parse(JSON.stringify(toArchivedRecord(exchange))))).toEqual(exchange);
    },
  );

  test('version 4 of a request that is to be left is the same to the byte and reads back', () => {
    const { direction } = toBeLeft;
    expect(JSON.stringify(toExchangeRecord(toBeLeft))).toBe(goldenV4);
    expect(fromExchangeRecord(JSON.parse(goldenV4), { ...place, direction })).toEqual(toBeLeft);
  });

  test('an earlier version of Parley reads version 4 as version 2, and what it wrote of the same request reads here', () => {
    const { leaveUntil: _, ...unwished } = toBeLeft;
    const json = goldenV4.replace(',"leaveUntil":1790086400000', '');
    expect(JSON.stringify(toExchangeRecord(unwished))).toBe(json);
    expect(fromExchangeRecord(JSON.parse(json), { ...place, direction: 'outgoing' })).toEqual(unwished);
    // Members that it does not know were never refused, and `status` and `group` say all that it acts on.
    expect({ ...JSON.parse(goldenV4), leaveUntil: undefined }).toEqual(JSON.parse(json));
  });

  test('once it went through a group it is of version 3, and an archive does not say that it was to be left', () => {
    const [{ group } = toBeLeft] = goldenV3['a request to a group'] ?? [];
    if (group === undefined) throw new TypeError('There is no such exchange.');
    expect(toExchangeRecord({ ...toBeLeft, group })).not.toHaveProperty('leaveUntil');
    expect(toArchivedRecord(toBeLeft)).not.toHaveProperty('leaveUntil');
  });

  test('nothing is written that a view holds beside it, not even in an error', () => {
    const shown = { code: 'peer_unreachable', title: 'Peer unreachable', detail: 'No answer.' };
    const [exchange] = golden['a request that failed'] ?? [];
    if (exchange === undefined) throw new TypeError('There is no such exchange.');
    const view = { ...exchange, error: shown, isShown: true };
    expect(toExchangeRecord(view).error).toEqual({ code: 'peer_unreachable', detail: 'No answer.' });
    expect(toExchangeRecord(view)).not.toHaveProperty('isShown');
  });

  test('what is no exchange is none: without a place, of another kind, or with a status that nobody knows', () => {
    const [, json] = golden['an answered request'] ?? ['', ''];
    const record = JSON.parse(json);
    expect(fromExchangeRecord(record)).toBeUndefined();
    for (const other of [null, 'text', [], { ...record, status: 'lost' }, { ...record, at: '1' }]) {
      expect(fromExchangeRecord(other, place)).toBeUndefined();
    }
  });
});
