import { expect, inject, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, fromHex, toHex } from '../../protocol/bytes.ts';
import { fuzzed } from '../testing/fuzz.ts';
import { decodeAuthenticator, decodeHead, encodeAuthenticator, encodeHead } from './head-record.ts';
import {
  decodeAcquaintances,
  decodeMember,
  decodePosition,
  encodeAcquaintances,
  encodeMember,
  encodePosition,
} from './member-record.ts';
import { decodeOutbox, encodeOwnLeave, encodeOwnMessage } from './outbox-record.ts';
import { goldenRecords } from './testing/golden-records.ts';

const runs = inject('exhaustive') ? 10_000 : 300;
const chance = new Chance(Date.now());

/** What is read of a record, written again. */
const again: Readonly<Record<string, (bytes: Bytes) => Bytes>> = {
  head: (bytes) => encodeHead(decodeHead(bytes)),
  auth: (bytes) => encodeAuthenticator(decodeAuthenticator(bytes)),
  member: (bytes) => encodeMember(decodeMember(bytes)),
  position: (bytes) => encodePosition(decodePosition(bytes)),
  'position in doubt': (bytes) => encodePosition(decodePosition(bytes)),
  acquaintances: (bytes) => encodeAcquaintances(decodeAcquaintances(bytes)),
  'own message': outboxAgain,
  'own leave': outboxAgain,
};

function outboxAgain(bytes: Bytes): Bytes {
  const record = decodeOutbox(bytes);
  return record.kind === 'message' ? encodeOwnMessage(record.message) : encodeOwnLeave(record.leave);
}

test.each(goldenRecords.map(([name, stored]) => [name, stored]))(
  '%s with bytes that are wrong is storage_failed, or exactly another record',
  { timeout: 600_000 },
  async (name, stored) => {
    const read = again[name];
    if (read === undefined) throw new TypeError(`Nothing writes ${name}.`);
    const isFaithful = (written: Bytes, bytes: Bytes) => toHex(written) === toHex(bytes);
    const target = { sample: fromHex(stored), read, isFaithful, code: 'storage_failed' };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(0);
  },
);
