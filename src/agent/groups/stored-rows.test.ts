import { expect, test } from 'vitest';
import { type Bytes, fromHex, toHex } from '../../protocol/bytes.ts';
import { decodeWish, encodeWish } from './commits/wishes.ts';
import { decodeAuthorities, encodeAuthorities } from './evidence/kept-authorities.ts';
import { decodeCertificate, encodeCertificate } from './evidence/kept-certificates.ts';
import { decodeDecline, encodeDecline } from './invitations/declines.ts';
import { decodeInvitation, encodeInvitation } from './invitations/invitation-record.ts';
import { decodeSettings, encodeSettings } from './invitations/settings-record.ts';
import { decodePackage, encodePackage, type PackageRecord } from './key-packages/package-record.ts';
import { PackageShelf } from './key-packages/package-shelf.ts';
import { readStanding, standingRow } from './state/standing.ts';
import { memoryRows } from './testing/memory-rows.ts';

const groupId = 'ab'.repeat(16);
const keyId = 'cd'.repeat(32);
const secret = (byte: number) => new Uint8Array(48).fill(byte);
const oneTime: PackageRecord = {
  kind: 'one_time',
  madeAt: 1_790_000_000,
  notAfter: 1_790_086_400,
  replacedAt: undefined,
  rejoins: undefined,
  keyId,
  initSecret: secret(0x11),
  leafSecret: secret(0x22),
  bytes: Uint8Array.of(9, 8, 7),
};
const secrets = `${'11'.repeat(48)}${'22'.repeat(48)}090807`;
const invitation = {
  groupId,
  kind: 'group',
  name: 'Trip',
  inviter: 'traveller_agent_001',
  members: ['helper_agent_001', 'traveller_agent_001'],
  entry: 0,
  receivedAt: 1_790_000_000_000,
  until: 1_792_592_000_000,
  welcome: Uint8Array.of(5, 6),
} as const;
const standing = {
  groupId,
  status: 'member',
  kind: 'direct',
  name: 'Trip',
  createdAt: 1_790_000_000_000,
  members: ['helper_agent_001', 'traveller_agent_001'],
  isLastResort: true,
  isLeaving: false,
  goesOnForked: false,
  trafficAt: 1_790_000_001_000,
} as const;
const decline = { groupId, inviter: 'traveller_agent_001', until: 1_790_604_800_000 };
const text = (words: string) => toHex(new TextEncoder().encode(words));

/** What earlier versions have stored in rows that belong to no group: each is read for ever, and written so while its version is 1. */
const golden: readonly (readonly [string, string, () => Bytes, (bytes: Bytes) => unknown, unknown])[] = [
  [
    'key-package, one-time',
    `0100000000006ab13b80000000006ab28d000000000000000000${'00'.repeat(16)}${keyId}${secrets}`,
    () => encodePackage(oneTime),
    decodePackage,
    oneTime,
  ],
  [
    'key-package, last-resort and replaced',
    `0101000000006ab13b80000000006ab28d00000000006ab28d00${'00'.repeat(16)}${keyId}${secrets}`,
    () => encodePackage({ ...oneTime, kind: 'last_resort', replacedAt: 1_790_086_400 }),
    decodePackage,
    { ...oneTime, kind: 'last_resort', replacedAt: 1_790_086_400 },
  ],
  [
    'key-package, for a rejoin',
    `0102000000006ab13b80000000006ab28d000000000000000000${groupId}${keyId}${secrets}`,
    () => encodePackage({ ...oneTime, kind: 'rejoin', rejoins: groupId }),
    decodePackage,
    { ...oneTime, kind: 'rejoin', rejoins: groupId },
  ],
  [
    'invitation',
    `000000e7${text(`{"version":1,"groupId":"${groupId}","kind":"group","name":"Trip","inviter":"traveller_agent_001","members":["helper_agent_001","traveller_agent_001"],"entry":0,"receivedAt":1790000000000,"until":1792592000000}`)}0506`,
    () => encodeInvitation(invitation),
    decodeInvitation,
    invitation,
  ],
  ['certificate', '01308201', () => encodeCertificate(fromHex('308201')), decodeCertificate, fromHex('308201')],
  [
    'authorities',
    text('{"version":1,"authorities":["AQID","BAUG"]}'),
    () => encodeAuthorities([fromHex('010203'), fromHex('040506')]),
    decodeAuthorities,
    [fromHex('010203'), fromHex('040506')],
  ],
  [
    'decline',
    text(`{"version":1,"groupId":"${groupId}","inviter":"traveller_agent_001","until":1790604800000}`),
    () => encodeDecline(decline),
    decodeDecline,
    decline,
  ],
  [
    'settings',
    text('{"version":1,"joinsByItself":{"direct":true,"group":false}}'),
    () => encodeSettings({ joinsByItself: { direct: true, group: false } }),
    decodeSettings,
    { joinsByItself: { direct: true, group: false } },
  ],
  [
    'wish, of agents',
    text('{"version":1,"wish":{"kind":"add","agentIds":["helper_agent_001"]}}'),
    () => encodeWish({ kind: 'add', agentIds: ['helper_agent_001'] }),
    decodeWish,
    { kind: 'add', agentIds: ['helper_agent_001'] },
  ],
  [
    'wish, of a name',
    text('{"version":1,"wish":{"kind":"rename","name":"Trip"}}'),
    () => encodeWish({ kind: 'rename', name: 'Trip' }),
    decodeWish,
    { kind: 'rename', name: 'Trip' },
  ],
  [
    'standing',
    text(
      `{"version":1,"groupId":"${groupId}","status":"member","kind":"direct","name":"Trip","createdAt":1790000000000,"members":["helper_agent_001","traveller_agent_001"],"isLastResort":true,"isLeaving":false,"goesOnForked":false,"trafficAt":1790000001000}`,
    ),
    () => standingRow(standing).bytes,
    readStanding,
    standing,
  ],
];

test.each(golden)('%s', (_, stored, encode, decode, value) => {
  expect(toHex(encode())).toBe(stored);
  expect(decode(fromHex(stored))).toEqual(value);
});

test('key-packages', async () => {
  const bytes = `{"version":1,"lastResort":"${keyId}","lastResortAt":1790000000,"notAfter":1790086400}`;
  const offered = { lastResort: keyId, lastResortAt: 1_790_000_000, notAfter: 1_790_086_400 };
  const rows = memoryRows();
  await rows.write({ put: [{ group: '', part: 'key-packages', bytes: fromHex(text(bytes)) }], drop: [] });
  const make = async () => Promise.reject(new TypeError('Nothing is made here.'));
  const random = (length: number) => new Uint8Array(length);
  const shelf = new PackageShelf({ rows, identities: { make }, environment: { random, now: () => 0 } });
  await shelf.load();
  expect(shelf.offered).toEqual(offered);
  await shelf.offer(offered, 1_790_000_000);
  expect(new TextDecoder().decode(await rows.read('', 'key-packages'))).toBe(bytes);
});

test('a row of a later version is not taken for one of this', () => {
  for (const [name, stored, , decode] of golden) {
    const bytes = fromHex(stored.replace('2276657273696f6e223a31', '2276657273696f6e223a32').replace(/^01/, '02'));
    if (name === 'certificate') expect(decode(bytes)).toBeUndefined();
    else expect(() => decode(bytes)).toThrow(/storage_failed/);
  }
});
