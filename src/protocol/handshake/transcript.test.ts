import { expect, test } from 'vitest';
import { concat } from '../bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { canonicalBytes } from '../wire/canonical.ts';
import { label } from '../wire/label.ts';
import { Transcript } from './transcript.ts';

const { subtle } = globalThis.crypto;
const hello = { session_id: 'b', message_type: 'CLIENT_HELLO' };
const answer = { message_type: 'SERVER_HELLO' };

test('a transcript starts with the hash of its label and takes one message in after the other', async () => {
  const th0 = await sha256(subtle, label('transcript'));
  const th1 = await sha256(subtle, concat(th0, await sha256(subtle, canonicalBytes(hello))));
  const th2 = await sha256(subtle, concat(th1, await sha256(subtle, canonicalBytes(answer))));
  const start = await Transcript.start(subtle);
  const first = await start.with(hello);
  const second = await first.with(answer);
  expect([start.hash, first.hash, second.hash]).toEqual([th0, th1, th2]);
});

test('a transcript stays as it is when messages are added to it, also at the same time', async () => {
  const start = await Transcript.start(subtle);
  const before = start.hash.slice();
  const [one, two, again] = await Promise.all([start.with(hello), start.with(answer), start.with(hello)]);
  expect(start.hash).toEqual(before);
  expect(one.hash).toEqual(again.hash);
  expect(one.hash).not.toEqual(two.hash);
});
