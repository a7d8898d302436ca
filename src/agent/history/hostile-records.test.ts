import { describe, expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { seal } from '../../protocol/crypto/aead.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { type HistoryExchange, toArchivedRecord, toExchangeRecord } from './exchange-record.ts';
import { openAt } from './sealed-exchange.ts';
import { recordContext } from './testing/keys.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const chance = new Chance(16);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const { subtle } = crypto;
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const context = await recordContext('helper_agent_001');
const place = {
  sessionId: 'ab'.repeat(16),
  peerId: '#0123456789abcdef0123456789abcdef',
  direction: 'incoming',
  sequence: 7,
} as const;
const asked: HistoryExchange = {
  ...place,
  ...{ requestId: 'req_1', peerKey: '0123456789abcdef01234567', method: 'echo', parameters: { text: 'Who?' } },
  ...{ at: 1_790_000_000_000, sentAt: 1_790_000_000, status: 'error', answerBy: 1_790_000_300_000 },
  ...{ result: [1], error: { code: 'handler_failed', detail: 'No.' }, durationMs: 12.5 },
};
const inGroup: HistoryExchange = {
  ...asked,
  group: {
    ...{ groupId: '0123456789abcdef0123456789abcdef', messageId: 'ab'.repeat(16), index: 12, kind: 'request' },
    ...{ sender: 'traveller_agent_001', to: ['helper_agent_001', 'keeper_agent_001'], awaiting: ['keeper_agent_001'] },
    answers: [
      {
        ...{ from: 'helper_agent_001', at: 1_790_000_001_000, status: 'success', result: { text: 'I am.' } },
        ...{ messageId: 'cd'.repeat(16), sentAt: 1_790_000_001 },
      },
      {
        ...{ from: 'keeper_agent_001', at: 1_790_000_002_000, status: 'error' },
        error: { code: 'not_permitted', detail: 'No.' },
      },
    ],
    ...{ expiresAt: 1_790_086_400_000, delivery: 'stored', apart: 'diverged' },
    attachment: { size: 5, name: 'map.png', mediaType: 'image/png' },
  },
};

const bytes = { kind: 'stream', mediaType: 'video/mp4', streamId: 'ab'.repeat(16), keep: 600, name: 'a.mp4' } as const;
const withBytes: HistoryExchange = {
  ...asked,
  body: { ...bytes, state: 'whole', size: 3, hash: `${'A'.repeat(43)}=` },
  answer: { ...bytes, state: 'failed', received: 2, error: { code: 'stream_gone', detail: 'No.' } },
};

/** Opens a record as if an agent had written these bytes. */
async function opened(bytes: Bytes, beside?: typeof place): Promise<HistoryExchange> {
  const iv = random(12);
  const { ciphertext, tag } = await seal(subtle, context.keys.record, iv, new Uint8Array(0), bytes);
  const exchange = await openAt(context, new Uint8Array(0), { iv, ciphertext: concat(ciphertext, tag) }, beside);
  // It is shown as one that cannot be read.
  if (exchange === undefined) throw new ParleyError('storage_failed', 'It cannot be read.');
  return exchange;
}

/** True when the exchange has the part of a group that the record has, and everything else as it has it. */
function isFaithful({ group, body, answer, ...exchange }: HistoryExchange, bytes: Bytes): boolean {
  const json = JSON.parse(decoder.decode(bytes));
  const parts = [
    [group, json.group],
    [body, json.body],
    [answer, json.answer],
  ];
  return (
    saysTheSame(exchange, { ...place, ...json }, false) && parts.every(([one, said]) => saysTheSame(one, said, false))
  );
}

describe('a record whose plaintext is wrong cannot be read, or is read as what it says', { timeout: 1_800_000 }, () => {
  const samples = {
    'of version 1, in an archive': { sample: toArchivedRecord(asked) },
    'of version 2': { sample: toExchangeRecord(asked), beside: place },
    'of version 3': { sample: toExchangeRecord(inGroup), beside: place },
    'of version 4': { sample: toExchangeRecord({ ...asked, leaveUntil: 1_790_086_400_000 }), beside: place },
    'of version 5': { sample: toExchangeRecord(withBytes), beside: place },
    'of version 5, in an archive': { sample: toArchivedRecord(withBytes) },
    'of version 3, in an archive': { sample: toArchivedRecord(inGroup) },
  };
  test.each(Object.entries(samples))('%s', async (_, { sample, ...rest }) => {
    const beside = 'beside' in rest ? rest.beside : undefined;
    const target = { sample, read: (bytes: Bytes) => opened(bytes, beside), isFaithful, code: 'storage_failed' };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });
});
