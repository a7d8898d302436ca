import { describe, expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, concat, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { EpochView } from '../contracts/group-views.ts';
import { decodeWish } from './commits/wishes.ts';
import { decodeAuthorities } from './evidence/kept-authorities.ts';
import { decodeCertificate, encodeCertificate } from './evidence/kept-certificates.ts';
import { decodeDecline } from './invitations/declines.ts';
import { decodeInvitation, encodeInvitation } from './invitations/invitation-record.ts';
import { decodeSettings } from './invitations/settings-record.ts';
import { decodePackage, encodePackage, type PackageRecord } from './key-packages/package-record.ts';
import { PackageShelf } from './key-packages/package-shelf.ts';
import type { GroupRows } from './rows/group-rows.ts';
import { decodeEpoch, encodeEpoch } from './state/epochs.ts';
import { eventPart, pageOfEvents } from './state/events.ts';
import { readStanding } from './state/standing.ts';
import { decodeMessageRow, encodeMessageRow, messagePart } from './talk/message-row.ts';
import { decodeStateRow, silent } from './talk/state-row.ts';
import { memoryRows } from './testing/memory-rows.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const timeout = 1_800_000;
const chance = new Chance(16);
const groupId = 'ab'.repeat(16);
const [anna, bert] = ['anna_agent_001', 'bert_agent_001'];
const at = 1_790_000_000_000;
const seconds = at / 1_000;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The JSON of a row without its version. */
function jsonOf(bytes: Bytes): JsonObject {
  const { version: _, ...rest } = JSON.parse(decoder.decode(bytes));
  return rest;
}

/** What rows that nothing depends on are passed over with. */
function orUnreadable<T>(read: T | undefined): T {
  if (read === undefined) throw new ParleyError('storage_failed', 'It is passed over.');
  return read;
}

/** Rows with one in them. */
async function rowsWith(group: string, part: string, bytes: Bytes) {
  const rows = memoryRows();
  await rows.write({ put: [{ group, part, bytes }], drop: [] });
  return rows;
}

function shelfOver(rows: GroupRows): PackageShelf {
  const make = () => Promise.reject(new TypeError('Nothing is made here.'));
  const random = (length: number) => new Uint8Array(length);
  return new PackageShelf({ rows, identities: { make }, environment: { random, now: () => at } });
}

const epoch: EpochView = {
  ...{ groupId, epoch: 3, by: anna, at: seconds, index: 5, leafCount: 2, added: [bert], removed: [] },
  members: [
    { agentId: anna, leaf: 0 },
    { agentId: bert, leaf: 1 },
  ],
  path: [{ node: 1, encryptedTo: [2] }],
  schedule: [{ name: 'joiner_secret', from: ['init_secret'], fingerprint: '0123456789abcdef' }],
  nodes: [
    { node: 0, level: 0, kind: 'leaf', member: anna, keyFingerprint: 'ab', unmerged: [], isKnown: true, sinceEpoch: 3 },
    { node: 1, level: 1, kind: 'parent', keyFingerprint: 'cd', unmerged: [1], isKnown: true, sinceEpoch: 3 },
    { node: 2, level: 0, kind: 'blank', unmerged: [], isKnown: false },
  ],
};
const event = {
  ...{ groupId, index: 5, at: seconds, epoch: 3, by: anna },
  what: { kind: 'removed', who: [bert], because: 'revoked' },
};
const standing = {
  ...{ version: 1, groupId, status: 'stranded', kind: 'group', name: 'Trip', createdAt: at, members: [anna, bert] },
  ...{ isLastResort: true, isLeaving: false, goesOnForked: false, trafficAt: at, diverged: [bert] },
  ...{ fork: { agree: [anna], differ: [bert], silent: [] }, stranding: { kind: 'older_log', lost: 3, isDenied: true } },
};
const offered = { lastResort: 'cd'.repeat(48), lastResortAt: seconds, notAfter: seconds + 86_400 };

/** Each row in JSON, and what is read of it, as the row has it. */
const inJson: Readonly<Record<string, readonly [JsonObject, (bytes: Bytes) => object | Promise<object>]>> = {
  'a wish, of agents': [{ wish: { kind: 'add', agentIds: [anna, bert] } }, (bytes) => ({ wish: decodeWish(bytes) })],
  'a wish, of a name': [{ wish: { kind: 'rename', name: 'Trip' } }, (bytes) => ({ wish: decodeWish(bytes) })],
  settings: [{ joinsByItself: { direct: true, group: false } }, decodeSettings],
  'a decline': [{ groupId, inviter: anna, until: at }, decodeDecline],
  'a standing': [standing, readStanding],
  'the CAs': [{ authorities: ['AQID', 'BAUG'] }, (bytes) => ({ authorities: decodeAuthorities(bytes) })],
  'the state of talk': [
    { seen: 4, receipts: true, receipt: 3, fileBytes: 1_024 },
    (bytes) => {
      const { sendsReceipts: receipts, ...state } = decodeStateRow(bytes);
      return orUnreadable(state.fileBytes === silent.fileBytes ? undefined : { ...state, receipts });
    },
  ],
  'the events of an entry': [
    { events: [event] },
    async (bytes) => {
      const events = await pageOfEvents(await rowsWith(groupId, eventPart(5), bytes), groupId);
      return orUnreadable(events.length === 0 ? undefined : { events });
    },
  ],
  'what the service has': [
    offered,
    async (bytes) => {
      const shelf = shelfOver(await rowsWith('', 'key-packages', bytes));
      await shelf.load();
      return orUnreadable(shelf.offered);
    },
  ],
  'an epoch': [jsonOf(encodeEpoch(epoch)), (bytes) => jsonOf(encodeEpoch(orUnreadable(decodeEpoch(groupId, bytes))))],
};

const part = messagePart(7);
const message = {
  index: 7,
  kind: 'request',
  messageId: groupId,
  at: seconds,
  sender: anna,
  seen: 6,
  requestId: 'r7',
} as const;
const keyPackage: PackageRecord = {
  ...{ kind: 'rejoin', madeAt: seconds, notAfter: seconds + 86_400, replacedAt: undefined, rejoins: groupId },
  ...{ keyId: 'cd'.repeat(32), initSecret: new Uint8Array(48).fill(1), leafSecret: new Uint8Array(48).fill(2) },
  bytes: Uint8Array.of(9, 8, 7),
};

/** Each row in bytes, and what is read of it, written again. */
const binary: readonly (readonly [string, Bytes, (bytes: Bytes) => Bytes])[] = [
  ['a KeyPackage', encodePackage(keyPackage), (bytes) => encodePackage(decodePackage(bytes))],
  [
    'a message of talk',
    encodeMessageRow(message),
    (bytes) => encodeMessageRow(orUnreadable(decodeMessageRow(part, bytes))),
  ],
  [
    'a certificate',
    encodeCertificate(Uint8Array.of(0x30, 1)),
    (bytes) => encodeCertificate(orUnreadable(decodeCertificate(bytes))),
  ],
];

describe('a row whose bytes are wrong', { timeout }, () => {
  test.each(Object.entries(inJson))('is storage_failed or read as what it says: %s', async (_, [about, read]) => {
    const target = {
      sample: { version: 1, ...about },
      read: async (bytes: Bytes) => ({ version: 1, ...(await read(bytes)) }),
      isFaithful: (value: object, bytes: Bytes) => saysTheSame(value, JSON.parse(decoder.decode(bytes)), true),
      code: 'storage_failed',
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });

  test.each(binary)('is storage_failed or exactly another row: %s', async (_, sample, read) => {
    const isFaithful = (written: Bytes, bytes: Bytes) => toHex(written) === toHex(bytes);
    await fuzzed({ sample, read, isFaithful, code: 'storage_failed' }, runs, chance);
  });

  test('is storage_failed or exactly another one: an invitation', async () => {
    const welcome = Uint8Array.of(5, 6);
    const about = { groupId, kind: 'group', name: 'Trip', inviter: anna, members: [anna, bert], entry: 0 } as const;
    const sample = encodeInvitation({ ...about, receivedAt: at, until: at + 1, welcome });
    const read = decodeInvitation;
    const isFaithful = (record: ReturnType<typeof read>, bytes: Bytes) => {
      const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      const { welcome: rest, ...said } = record;
      const json: unknown = JSON.parse(decoder.decode(bytes.subarray(4, end)));
      return saysTheSame({ version: 1, ...said }, json, true) && toHex(rest) === toHex(bytes.subarray(end));
    };
    const target = { sample, read, isFaithful, code: 'storage_failed' };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
    const { welcome: _, ...json } = decodeInvitation(sample);
    const read2 = (bytes: Bytes) => decodeInvitation(concat(lengthOf(bytes), bytes, welcome));
    const isSaid = (record: ReturnType<typeof read>, bytes: Bytes) => {
      const { welcome: _rest, ...said } = record;
      return saysTheSame({ version: 1, ...said }, JSON.parse(decoder.decode(bytes)), true);
    };
    const inside = { sample: { version: 1, ...json }, read: read2, isFaithful: isSaid, code: 'storage_failed' };
    expect((await fuzzed(inside, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });
});

test('a KeyPackage that is none, and what the service has where that is damaged, are as if they were not there', async () => {
  const bytes = encodePackage(keyPackage);
  const rows = await rowsWith('', 'key-package/ab', bytes);
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  await rows.write({ put: [{ group: '', part: 'key-packages', bytes: new Uint8Array(0) }], drop: [] });
  const read: GroupRows['read'] = async (group, name) => {
    if (name === 'key-packages') throw new ParleyError('storage_failed', 'It was damaged.');
    return rows.read(group, name);
  };
  const shelf = shelfOver({ ...rows, read, key: async () => key });
  await shelf.load();
  expect([shelf.all().length, shelf.offered, await shelf.take('ab')]).toEqual([1, undefined, undefined]);
});

function lengthOf({ length }: Bytes): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}
