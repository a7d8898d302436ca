import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import type { Json } from '../contracts/views.ts';
import type { HistoryExchange } from '../history/exchange-record.ts';
import { HistoryFileWriter, readHistoryFile } from './history-file.ts';
import { histories, someExchange } from './testing/exchanges.ts';

async function write(exchanges: readonly HistoryExchange[]): Promise<Uint8Array> {
  const writer = new HistoryFileWriter();
  for (const exchange of exchanges) writer.add(exchange);
  return new Uint8Array(await writer.finish('traveller_agent_001', 7).arrayBuffer());
}

function readAll(file: Uint8Array) {
  const { header, exchanges } = readHistoryFile(file);
  return { header, exchanges: [...exchanges] };
}

describe('a history file', () => {
  test('gives back the exchanges that were written, in order, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (exchanges) => {
        const read = readAll(await write(exchanges));
        expect(read.exchanges).toEqual(exchanges);
        expect(read.header).toMatchObject({ agentId: 'traveller_agent_001', exportedAt: 7 });
        const counts = read.header.peers.map(({ exchanges }) => exchanges);
        expect(counts.reduce((sum, some) => sum + some, 0)).toBe(exchanges.length);
      }),
    );
  });

  test('keeps text that is not well-formed Unicode, and names that objects have', async () => {
    const parameters: Json = JSON.parse(
      '{"a": "\\ud800", "__proto__": {"x": 1}, "constructor": 2, "line": "a\\nb\\u2028"}',
    );
    const [read] = readAll(await write([{ ...someExchange, parameters }])).exchanges;
    expect(JSON.stringify(read?.parameters)).toBe(JSON.stringify(parameters));
  });

  test('is not made of what could not be read again: nested too deeply, or without what a request has', async () => {
    const writer = new HistoryFileWriter();
    const deep: Json = JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`);
    expect(() => writer.add({ ...someExchange, parameters: deep })).toThrow(
      'invalid_input: Exchange 1 with helper_agent_001 cannot be exported: it is nested deeper than 64 levels.',
    );
    expect(() => writer.add({ ...someExchange, at: Number.NaN })).toThrow('it has something unexpected under at');
    expect(readAll(new Uint8Array(await writer.finish('traveller_agent_001', 7).arrayBuffer())).exchanges).toEqual([]);
  });
});

const header = (peers: unknown = [{ peer_id: 'helper_agent_001', exchanges: 2 }], more: object = {}) =>
  JSON.stringify({ format: 'parley-history/1', agent_id: 'traveller_agent_001', exported_at: 7, peers, ...more });
const line = (sequence: unknown, more: object = {}) =>
  JSON.stringify({
    peer_id: 'helper_agent_001',
    sequence,
    request_id: 'req_1',
    session_id: '',
    direction: 'outgoing',
    at: 7,
    method: 'echo',
    parameters: null,
    status: 'failed',
    ...more,
  });

const group = {
  group_id: 'ab'.repeat(16),
  message_id: 'cd'.repeat(16),
  sender: 'helper_agent_001',
  kind: 'message',
  answers: [],
  awaiting: [],
  delivery: 'stored',
};

test('only a file that holds something of a group is of version 2', async () => {
  const part = {
    ...{ groupId: 'ab'.repeat(16), messageId: 'cd'.repeat(16), sender: 'helper_agent_001', kind: 'message' as const },
    ...{ answers: [], awaiting: [], delivery: 'stored' as const },
  };
  const formatOf = async (exchange: HistoryExchange) =>
    JSON.parse(new TextDecoder().decode(await write([exchange])).split('\n')[0] ?? '').format;
  expect(await formatOf(someExchange)).toBe('parley-history/1');
  expect(await formatOf({ ...someExchange, group: part })).toBe('parley-history/2');
});

describe('an untrusted history file', () => {
  const read = (...lines: readonly string[]) => readAll(encodeUtf8(lines.join('\n')));

  test('may be written by hand', () => {
    expect(read(header(), line(1), line(3), '').exchanges.map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(read(header([])).exchanges).toEqual([]);
  });

  test.each([
    ['nothing', [''], 'it is empty'],
    ['no JSON', ['hello'], 'line 1 is not JSON in UTF-8'],
    ['an array', ['[]'], 'line 1 has something unexpected under format'],
    ['a number', ['7'], 'line 1 is no object of this format'],
    ['another format', [header([], { format: 'parley-history/4' })], 'line 1 has something unexpected under format'],
    ['a member more', [header([], { key: 'x' })], 'line 1'],
    [
      'a peer that is named twice',
      [header([1, 2].map(() => ({ peer_id: 'helper_agent_001', exchanges: 1 })))],
      'line 1',
    ],
    [
      'a peer without a name',
      [header([{ peer_id: '', exchanges: 1 }])],
      'line 1 has something unexpected under peers.0.peer_id',
    ],
    ['a count that is none', [header([{ peer_id: 'helper_agent_001', exchanges: -1 }])], 'line 1'],
    [
      'something of a group where its version has none',
      [header(), line(1, { group }), line(2)],
      'line 2 has something unexpected under group',
    ],
    [
      'a group without an id',
      [header(undefined, { format: 'parley-history/2' }), line(1, { group: { ...group, group_id: 'x' } })],
      'line 2 has something unexpected under group.group_id',
    ],
    ['a line too few', [header(), line(1)], 'it ends before line 3'],
    ['a line too many', [header(), line(1), line(2), line(3)], 'it continues after line 3'],
    ['the same number twice', [header(), line(1), line(1)], 'line 3 is out of order'],
    ['another order', [header(), line(2), line(1)], 'line 3 is out of order'],
    ['another peer', [header(), line(1), line(2, { peer_id: 'other_agent_001' })], 'line 3 is out of order'],
    ['no number', [header(), line('1'), line(2)], 'line 2 has something unexpected under sequence'],
    [
      'a status that is none',
      [header(), line(1, { status: 'sent' }), line(2)],
      'line 2 has something unexpected under status',
    ],
    [
      'a time beyond all dates',
      [header(), line(1, { at: 1e300 }), line(2)],
      'line 2 has something unexpected under at',
    ],
    ['a key', [header(), line(1, { private_key: 'x' }), line(2)], 'line 2 has something unexpected under private_key'],
    [
      'a missing member',
      [header(), line(1, { parameters: undefined }), line(2)],
      'line 2 has something unexpected under parameters',
    ],
    [
      'nesting without end',
      [header(), `${'['.repeat(200_000)}${']'.repeat(200_000)}`, line(2)],
      'line 2 is nested deeper than 64 levels',
    ],
    ['an empty line', [header(), '', line(1)], 'line 2 is not JSON in UTF-8'],
    ['one name twice', [header(), '{"sequence":1,"sequence":1}', line(2)], 'line 2 has one name twice'],
    ['a name that is no JSON', [header(), '{"\\x":1}', line(2)], 'line 2 is not JSON in UTF-8'],
    ['a name that is no text', [header(), '{"\\ud83d":1}', line(2)], 'line 2 is not JSON in UTF-8'],
  ])('with %s is refused, and the line is named', (_, lines, why) => {
    expect(() => read(...lines)).toThrow(`invalid_input: This file holds no history as Parley exports it: ${why}`);
  });

  test('that is not UTF-8 is refused', () => {
    const file = encodeUtf8(header([]));
    file[3] = 0xff;
    expect(() => readAll(file)).toThrow('line 1 is not JSON in UTF-8');
  });
});
