import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { LogEntry } from '../../group/log/entry.ts';
import { isGroupId } from '../../group/log/group-id.ts';
import { headBefore, nextHead } from '../../group/log/head.ts';
import { toHex } from '../../protocol/bytes.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { auditEntry } from './entry/entries.ts';
import { readEntry } from './entry/stored-entry.ts';
import { entryWords } from './entry/words.ts';
import { type GroupNote, groupEntryOf } from './group-note.ts';
import { Evidence } from './verify/evidence.ts';

const { subtle } = crypto;
const groupId = 'ab'.repeat(16);
const change = { by: 'traveller_agent_001', added: ['helper_agent_001'], removed: [], left: [], rejoined: [] };
const lists = { members: ['traveller_agent_001', 'helper_agent_001'], admins: ['traveller_agent_001'] };

const entries: readonly Pick<GroupNote, 'entry' | 'change' | 'payload' | 'skipped'>[] = [
  { entry: entryOf(0, 'commit', { lists }), change },
  { entry: entryOf(1, 'message'), payload: { type: 'GROUP_MESSAGE', messageId: 'cd'.repeat(16) } },
  { entry: entryOf(2, 'commit'), skipped: 'not_permitted' },
  { entry: entryOf(3, 'proposal') },
  { entry: entryOf(4, 'commit'), change: { ...change, added: [], left: ['helper_agent_001'] } },
];

function entryOf(index: number, kind: LogEntry['kind'], more: Partial<LogEntry> = {}): LogEntry {
  const content = { message: encodeUtf8(`entry ${index}`) };
  return { index, kind, sender: 'traveller_agent_001', content, at: 1_790_000_000 + index, ...more };
}

/** Returns the entries of a trail, as they would be read. */
async function trail(): Promise<JsonObject[]> {
  if (!isGroupId(groupId)) throw new TypeError('This is no group_id.');
  let head = await headBefore(subtle, groupId);
  const written: JsonObject[] = [];
  for (const [index, { entry, ...rest }] of entries.entries()) {
    head = await nextHead(subtle, head, entry);
    const body = await groupEntryOf(subtle, { groupId, entry, head, epoch: index, ...rest });
    const place = { index: index + 1, at: 1, prev: toHex(new Uint8Array(32)) };
    written.push(JSON.parse(JSON.stringify({ ...body, ...place })));
  }
  return written;
}

async function faults(written: readonly JsonObject[]): Promise<readonly (string | undefined)[]> {
  const evidence = new Evidence(subtle);
  const found: (string | undefined)[] = [];
  for (const json of written) found.push(await evidence.next(json));
  return found;
}

test('every entry of a group’s log reads back, says who did what, and its head follows from the one before', async () => {
  const written = await trail();
  expect(await faults(written)).toEqual(entries.map(() => undefined));
  expect(written.map((json) => entryWords(v.parse(auditEntry, json)))).toEqual([
    'Epoch 0 of group abababab began: traveller_agent_001 made it, added helper_agent_001.',
    'traveller_agent_001 put a message into group abababab (entry 1, epoch 1).',
    'A commit of traveller_agent_001 in group abababab was skipped: not_permitted.',
    'traveller_agent_001 put a proposal to leave into group abababab (entry 3, epoch 3).',
    'Epoch 4 of group abababab began: traveller_agent_001 let helper_agent_001 leave.',
  ]);
  for (const json of written) expect(readEntry(JSON.stringify(json))).toBeDefined();
});

test.each([
  ['digest', 'ff'.repeat(32)],
  ['lists', 'ff'.repeat(32)],
  ['logged_at', 7],
  ['sender', 'helper_agent_001'],
  ['head', 'ff'.repeat(32)],
])('an entry with another %s does not hold', async (name, value) => {
  const written = (await trail()).map((json, index) => (index === 1 ? { ...json, [name]: value } : json));
  expect((await faults(written))[1]).toMatch(/does not follow/);
});

test('what was left out is no fault; what was written twice is none; another entry at a place is one', async () => {
  const [first, second, third, ...rest] = await trail();
  if (first === undefined || second === undefined || third === undefined) throw new TypeError('There are more.');
  expect(await faults([first, third, ...rest])).not.toContainEqual(expect.any(String));
  expect(await faults([first, second, second, third])).not.toContainEqual(expect.any(String));
  expect(await faults([first, second, { ...second, head: 'ff'.repeat(32) }])).toEqual([
    undefined,
    undefined,
    expect.stringMatching(/something else/),
  ]);
  expect((await faults([second, first]))[1]).toMatch(/something else/);
});
