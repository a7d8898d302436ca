import { describe, expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { HistoryExchange } from '../history/exchange-record.ts';
import { readExchangeLine, writeExchangeLine } from './exchange-line.ts';
import { HistoryFileWriter, readHistoryFile } from './history-file.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const chance = new Chance(16);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const groupId = 'ab'.repeat(16);

const exchangeAt = (sequence: number): HistoryExchange => ({
  ...{ peerId: `#${groupId}`, sessionId: '', direction: 'outgoing', sequence, requestId: `r${sequence}` },
  ...{ method: 'echo', parameters: { text: 'Who?' }, at: 1_790_000_000_000, sentAt: 1_790_000_000, status: 'pending' },
  body: { kind: 'bytes', mediaType: 'image/png', state: 'whole', size: 3, hash: `${'A'.repeat(43)}=` },
  answer: {
    kind: 'stream',
    mediaType: 'text/plain',
    streamId: 'ab'.repeat(16),
    keep: 9,
    state: 'stopped',
    received: 2,
  },
  group: {
    ...{ groupId, messageId: 'cd'.repeat(16), index: 12, sender: 'traveller_agent_001', kind: 'request' },
    ...{ to: ['helper_agent_001', 'keeper_agent_001'], awaiting: ['keeper_agent_001'], delivery: 'stored' },
    answers: [
      {
        ...{ from: 'helper_agent_001', at: 1_790_000_001_000, status: 'success', result: { text: 'I am.' } },
        ...{ messageId: 'ef'.repeat(16), sentAt: 1_790_000_001 },
      },
    ],
    ...{
      expiresAt: 1_790_086_400_000,
      apart: 'diverged',
      attachment: { size: 5, name: 'a.png', mediaType: 'image/png' },
    },
  },
});
const jsonIn = (line: Uint8Array): unknown => JSON.parse(decoder.decode(line));
const linesIn = (file: Uint8Array): readonly unknown[] =>
  decoder
    .decode(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** A file that holds these exchanges. */
async function written(exchanges: Iterable<HistoryExchange>, agentId: string, exportedAt: number): Promise<Bytes> {
  const writer = new HistoryFileWriter();
  for (const exchange of exchanges) writer.add(exchange);
  return new Uint8Array(await writer.finish(agentId, exportedAt).arrayBuffer());
}

describe('an exported history with groups that was changed is refused, or read as what it says', {
  timeout: 1_800_000,
}, () => {
  test('line by line', async () => {
    const line = JSON.parse(decoder.decode(writeExchangeLine(exchangeAt(1))));
    const target = {
      sample: line,
      read: (bytes: Bytes) => readExchangeLine(bytes, 2, 3),
      isFaithful: (exchange: HistoryExchange, bytes: Bytes) =>
        saysTheSame(jsonIn(writeExchangeLine(exchange)), jsonIn(bytes), true),
      code: 'invalid_input',
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });

  test('as a whole', async () => {
    const target = {
      sample: await written([exchangeAt(1), exchangeAt(2)], 'helper_agent_001', 1_790_000_000_000),
      read: (bytes: Bytes) => {
        const { header, exchanges } = readHistoryFile(bytes);
        return written(exchanges, header.agentId, header.exportedAt);
      },
      isFaithful: (again: Bytes, bytes: Bytes) => saysTheSame(linesIn(again), linesIn(bytes), true),
      code: 'invalid_input',
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });
});
