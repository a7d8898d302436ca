import { describe, expect, inject, test } from 'vitest';
import { isGroupId } from '../../group/log/group-id.ts';
import { headBefore, nextHead } from '../../group/log/head.ts';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { AuditEntry } from './entry/entries.ts';
import { readEntry, readJson } from './entry/stored-entry.ts';
import { entryWords } from './entry/words.ts';
import { type GroupNote, groupEntryOf } from './group-note.ts';
import { Evidence } from './verify/evidence.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const timeout = 1_800_000;
const chance = new Chance(16);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const groupId = 'ab'.repeat(16);
const [anna, bert] = ['anna_agent_001', 'bert_agent_001'];

/** The entries of a trail that say of a group's log: its first commit, and a message. */
async function trail(): Promise<readonly [JsonObject, JsonObject]> {
  if (!isGroupId(groupId)) throw new TypeError('This is no group_id.');
  const { subtle } = crypto;
  const common = { sender: anna, at: 1_790_000_000 };
  const lists = { members: [anna, bert], admins: [anna] };
  const first = { ...common, index: 0, kind: 'commit', content: { message: encodeUtf8('commit') }, lists } as const;
  const second = { ...common, index: 1, kind: 'message', content: { message: encodeUtf8('message') } } as const;
  const change = {
    ...{ by: anna, added: [bert], removed: [], left: [], rejoined: [] },
    ...{ renamed: 'Trip', admins: [anna] },
    because: 'expired',
  } as const;
  const payload = { type: 'GROUP_MESSAGE', messageId: 'cd'.repeat(16) } as const;
  const heads = [await nextHead(subtle, await headBefore(subtle, groupId), first)];
  heads.push(await nextHead(subtle, heads[0] ?? new Uint8Array(32), second));
  const written = async (index: number, note: Pick<GroupNote, 'entry' | 'change' | 'payload'>): Promise<JsonObject> => {
    const head = heads[index] ?? new Uint8Array(32);
    const body = await groupEntryOf(subtle, { groupId, head, epoch: index, ...note });
    return JSON.parse(JSON.stringify({ ...body, index: index + 1, at: 1, prev: '00'.repeat(32) }));
  };
  return [await written(0, { entry: first, change }), await written(1, { entry: second, payload })];
}

/** What the log's head says, so that another value of it is told. */
const inHead = ['logged_at', 'sender', 'digest', 'lists', 'head', 'of'];

describe.each([0, 1])('entry %i of a group’s log in the trail, when it was changed on disk', (at) => {
  test('is none, or reads as what it says', { timeout }, async () => {
    const written = await trail();
    const target = {
      sample: written[at] ?? {},
      read: (bytes: Bytes) => {
        const entry = readEntry(decoder.decode(bytes));
        if (entry === undefined) throw new ParleyError('storage_failed', 'The disk has changed it.');
        expect(entryWords(entry).length).toBeLessThan(10_000);
        return entry;
      },
      isFaithful: (entry: AuditEntry, bytes: Bytes) => saysTheSame(entry, JSON.parse(decoder.decode(bytes)), false),
      code: 'storage_failed',
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });

  test('holds no more where the head covers it, and never breaks the check', { timeout }, async () => {
    const written = await trail();
    const target = {
      sample: written[at] ?? {},
      read: async (bytes: Bytes) => {
        const changed = readJson(decoder.decode(bytes)) ?? {};
        const evidence = new Evidence(crypto.subtle);
        const faults: (string | undefined)[] = [];
        for (const [index, entry] of written.entries()) {
          faults.push(await evidence.next(index === at ? changed : entry));
        }
        const fault = faults.find((one) => one !== undefined);
        if (fault !== undefined) throw new ParleyError('storage_failed', fault);
        return changed;
      },
      // What was left out of a log is no fault, nor is an entry of a log that begins; all else is told by the chain of the trail.
      isFaithful: (changed: JsonObject) => {
        const isSame = (name: string) => changed[name] === written[at]?.[name];
        return !['kind', 'group_id', 'log_index'].every(isSame) || inHead.every(isSame);
      },
      code: 'storage_failed',
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });
});
