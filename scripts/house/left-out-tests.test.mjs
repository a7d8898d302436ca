import { expect, test } from 'vitest';
import { leftOutTests } from './left-out-tests.mjs';

test.each([
  ["test.runIf(isExhaustive)('all', () => {});", 'a.ts: runIf(isExhaustive) is no tool of ensure-tools.mjs'],
  ["test.skipIf(!isExhaustive)('all', () => {});", 'a.ts: skipIf(!isExhaustive) is no tool of ensure-tools.mjs'],
  [
    "describe.runIf(inject('exhaustive'))('all', () => {});",
    "a.ts: runIf(inject('exhaustive')) is no tool of ensure-tools.mjs",
  ],
  ["test.skip('one', () => {});", 'a.ts: skip leaves tests out'],
  ["it.todo('one');", 'a.ts: todo leaves tests out'],
  ["test.describe.only('one', () => {});", 'a.ts: only leaves tests out'],
  ['const there = isExhaustive ? test : test.fixme;', 'a.ts: fixme leaves tests out'],
])('%s is found', (code, fault) => expect(leftOutTests('a.ts', code)).toEqual([fault]));

test.each([
  "describe.runIf(hasNats)('over NATS', () => {});",
  "test.runIf(process.getuid?.() === 0)('as root', () => {});",
  "test.runIf(existsSync('/dev/full'))('on a full device', () => {});",
  'const there = hasNats ? test : test.fixme;',
  "expect(wish.skip).toBe(true); await page.only('a');",
  "test.each(isExhaustive ? seeds : [3])('seed %i', () => {});",
])('%s is fine', (code) => expect(leftOutTests('a.ts', code)).toEqual([]));
