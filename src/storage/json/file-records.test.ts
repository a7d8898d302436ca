import { expect, test } from 'vitest';
import { storedFile } from '../testing/file-contract.ts';
import { fileFromJson, filePolicyFromJson, filePolicyToJson, fileToJson } from './file-records.ts';

/** What version 1 wrote: never changed. */
const golden = {
  plain:
    '{"id":"1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a","direction":"incoming","peerId":"helper_agent_001","peerKey":"ab12","name":"notes.txt","mediaType":"text/plain","size":3145728,"at":5,"status":"offered","moved":0,"digests":"","changedAt":6,"pausedHere":false,"pausedThere":true,"isAutomatic":false}',
  full: '{"id":"1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a","direction":"outgoing","peerId":"helper_agent_001","peerKey":"ab12","name":"notes.txt","mediaType":"text/plain","size":3145728,"at":5,"status":"failed","moved":1048576,"digests":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","changedAt":6,"pausedHere":false,"pausedThere":true,"isAutomatic":true,"tell":"cancelled","hash":"aGFzaA==","error":{"code":"stream_corrupt","title":"a title","detail":"a detail"},"place":"/a/place"}',
  policies: [
    '{"peerId":"helper_agent_001","policy":{"kind":"accept","upTo":5}}',
    '{"peerId":"helper_agent_001","policy":{"kind":"ask"}}',
    '{"peerId":"helper_agent_001","policy":{"kind":"never"}}',
    '{"peerId":"helper_agent_001","policy":{"kind":"accept","upTo":5},"peerKey":"3082"}',
  ],
};
const id = '1a'.repeat(16);
const full = storedFile(id, {
  direction: 'outgoing',
  status: 'failed',
  moved: 1_048_576,
  digests: new Uint8Array(32).fill(7),
  isAutomatic: true,
  tell: 'cancelled',
  hash: 'aGFzaA==',
  error: { code: 'stream_corrupt', title: 'a title', detail: 'a detail' },
  place: '/a/place',
});

test('version 1 of the record of a file is read and written as it was', () => {
  expect(fileFromJson(golden.plain)).toEqual(storedFile(id));
  expect(fileFromJson(golden.full)).toEqual(full);
  expect([fileToJson(storedFile(id)), fileToJson(full)]).toEqual([golden.plain, golden.full]);
});

test('version 1 of a policy is read and written as it was', () => {
  for (const text of golden.policies) expect(filePolicyToJson(filePolicyFromJson(text))).toBe(text);
});

test.each([
  ['an id that is none', { id: '../../etc' }],
  ['a size that is none', { size: -1 }],
  ['hashes that are none', { digests: 'AAAA' }],
  ['another status', { status: 'gone' }],
  ['a key that is none', { peerKey: 'xyz' }],
  ['no name', { name: '' }],
])('a record with %s is damaged', (_what, change) => {
  const damaged = JSON.stringify({ ...JSON.parse(golden.plain), ...change });
  expect(() => fileFromJson(damaged)).toThrow(expect.objectContaining({ code: 'storage_failed' }));
});

test('a code of a later version is shown as an error that nobody knows', () => {
  const later = golden.full.replace('stream_corrupt', 'of_later');
  expect(fileFromJson(later).error?.code).toBe('internal_error');
});
