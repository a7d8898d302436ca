import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import type { LogEntry } from './entry.ts';
import { type GroupId, groupIdBytes, groupIdOf, isGroupId } from './group-id.ts';
import { headBefore, nextHead } from './head.ts';

const { subtle } = crypto;

function h(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function big(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function groupId(text: string): GroupId {
  if (!isGroupId(text)) throw new Error('The test’s group_id is none.');
  return text;
}

const id = groupId('000102030405060708090a0b0c0d0e0f');
const message: Bytes = Uint8Array.of(1, 2, 3);
const entry: LogEntry = { index: 7, kind: 'message', sender: 'traveller_001', content: { message }, at: 1_764_000_000 };

describe('the head of a log', () => {
  it('begins with the label and the group_id', async () => {
    expect(Buffer.from(await headBefore(subtle, id))).toEqual(h('parley/1 group log\0', groupIdBytes(id)));
    expect(groupIdOf(groupIdBytes(id))).toBe(id);
  });

  it.each([
    ['message', 1, undefined, 'null'],
    ['proposal', 2, undefined, 'null'],
    [
      'commit',
      3,
      { members: ['b_agent', 'a_agent'], admins: ['a_agent'] },
      '{"admins":["a_agent"],"members":["a_agent","b_agent"]}',
    ],
  ] as const)('goes on with a %s', async (kind, number, lists, clear) => {
    const previous = await headBefore(subtle, id);
    const found = await nextHead(subtle, previous, { ...entry, kind, ...(lists === undefined ? {} : { lists }) });
    const parts = [big(7), big(1_764_000_000), Uint8Array.of(number), h('traveller_001'), h(message), h(clear)];
    expect(Buffer.from(found)).toEqual(h(previous, ...parts));
  });

  it('is the same when the message is gone and its hash is left', async () => {
    const previous = await headBefore(subtle, id);
    const gone = { ...entry, content: { messageHash: new Uint8Array(h(message)) } };
    expect(await nextHead(subtle, previous, gone)).toEqual(await nextHead(subtle, previous, entry));
  });

  it('is another for every part of an entry', async () => {
    const previous = await headBefore(subtle, id);
    const others: readonly LogEntry[] = [
      { ...entry, index: 8 },
      { ...entry, at: entry.at + 1 },
      { ...entry, kind: 'proposal' },
      { ...entry, sender: 'traveller_002' },
      { ...entry, content: { message: Uint8Array.of(1, 2) } },
      { ...entry, lists: { members: ['a_agent'], admins: ['a_agent'] } },
      { ...entry, lists: { members: ['a_agent'], admins: [] } },
    ];
    const heads = await Promise.all([entry, ...others].map((one) => nextHead(subtle, previous, one)));
    expect(new Set(heads.map((head) => Buffer.from(head).toString('hex'))).size).toBe(heads.length);
  });
});
