import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { entriesAnswer } from './delivery-answers.ts';
import { type AppendCall, appendCall, keyPackagesCall } from './delivery-calls.ts';

const bytes = 'AQID';
const hash = 'A'.repeat(43).concat('=');
const commit: AppendCall = {
  entry_id: '0'.repeat(32),
  kind: 'commit',
  after: -1,
  message: bytes,
  members: ['agent_a', 'agent_b'],
  admins: ['agent_a'],
  welcome: { message: bytes, to: ['agent_b'] },
};
const { members, admins, welcome, ...bare } = commit;

describe('an append', () => {
  test.each<[string, AppendCall]>([
    ['a commit with lists and a Welcome', commit],
    ['a commit without lists', bare],
    ['a message', { ...bare, kind: 'message', after: 7 }],
    ['a proposal to leave', { ...bare, kind: 'proposal', leaving: true }],
  ])('%s is taken', (_, call) => expect(v.is(appendCall, call)).toBe(true));

  test.each<[string, unknown]>([
    ['an unknown member', { ...bare, more: 1 }],
    ['an entry_id in capitals', { ...bare, entry_id: 'A'.repeat(32) }],
    ['no after', { ...bare, after: undefined }],
    ['an after below -1', { ...bare, after: -2 }],
    ['an unknown kind', { ...bare, kind: 'application' }],
    ['an empty message', { ...bare, message: '' }],
    ['a message that is no base64', { ...bare, message: 'AQI' }],
    ['members alone', { ...bare, members }],
    ['admins alone', { ...bare, admins }],
    ['members that are not sorted', { ...commit, members: ['agent_b', 'agent_a'] }],
    ['a member twice', { ...commit, members: ['agent_a', 'agent_a', 'agent_b'] }],
    ['an admin who is no member', { ...commit, admins: ['agent_c'] }],
    ['lists with a message', { ...bare, kind: 'message', members, admins }],
    ['a Welcome with a proposal', { ...bare, kind: 'proposal', welcome }],
    ['a Welcome to nobody', { ...commit, welcome: { message: bytes, to: [] } }],
    ['leaving with a commit', { ...bare, leaving: true }],
  ])('%s is refused', (_, call) => expect(v.is(appendCall, call)).toBe(false));
});

test('KeyPackages are 100 in one call at most', () => {
  expect(v.is(keyPackagesCall, { one_time: new Array(100).fill(bytes) })).toBe(true);
  expect(v.is(keyPackagesCall, { one_time: new Array(101).fill(bytes) })).toBe(false);
});

describe('a page of entries', () => {
  const entry = { index: 3, kind: 'message', sender: 'agent_a', message: bytes, at: 7 };
  const page = { entries: [entry], before: hash, next: 4, head: hash };

  test('with a message, or with the hash of one that is gone, is read', () => {
    expect(v.is(entriesAnswer, page)).toBe(true);
    const gone = { ...entry, message: undefined, message_hash: hash };
    expect(v.is(entriesAnswer, { ...page, entries: [gone] })).toBe(true);
  });

  test.each<[string, unknown]>([
    ['both', { ...page, entries: [{ ...entry, message_hash: hash }] }],
    ['neither', { ...page, entries: [{ ...entry, message: undefined }] }],
    ['one list', { ...page, entries: [{ ...entry, members }] }],
    ['a gap before next', { ...page, next: 5 }],
    ['a gap between entries', { ...page, entries: [{ ...entry, index: 1 }, entry] }],
  ])('with %s is refused', (_, answer) => expect(v.is(entriesAnswer, answer)).toBe(false));
});
