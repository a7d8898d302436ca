import { expect, test } from 'vitest';
import type { Attempt, ScenarioInfo, Verdict } from '../../lab/run/scenario.ts';
import { countRefused, endingOf, headlineOf, type ResultLine, refusalWords, refuserWords, resultOf } from './result.ts';

const scenario: ScenarioInfo = {
  id: 'replay',
  title: 'Replay',
  summary: 'Send recorded messages a second time',
  attempts: 7,
  has: 'A recording.',
  wants: 'A second session.',
  promise: 'Once.',
};

const line = (id: string, verdict: Partial<Verdict>): ResultLine => {
  const attempt: Attempt = {
    id,
    title: id,
    messages: [],
    verdict: { outcome: 'refused', expected: 'refused', evidence: [], ...verdict },
  };
  return { scenario, attempt };
};

const lines = [
  line('a', { refusal: { by: 'helper', check: 'nonce', code: 'replayed_nonce' } }),
  line('b', { refusal: { by: 'helper', check: 'signature', code: 'signature_invalid' } }),
  line('c', { refusal: { by: 'helper', check: 'signature', code: 'resumption_unknown' } }),
  line('d', { refusal: { by: 'traveller', check: 'signature', code: 'signature_invalid' } }),
  line('e', { refusal: { by: 'traveller', code: 'peer_key_changed' } }),
  line('f', {}),
  line('g', { outcome: 'succeeded', expected: 'succeeded' }),
  line('h', { outcome: 'succeeded' }),
  line('i', { expected: 'succeeded', refusal: { by: 'helper', check: 'nonce', code: 'replayed_nonce' } }),
];
const ids = (of: readonly ResultLine[]) => of.map(({ attempt }) => attempt.id);

test('attempts are counted by the check that refused them, with their codes, the most frequent first', () => {
  const result = resultOf(lines);
  expect(result.refused.map(({ name, codes, lines: of }) => [name, codes, ids(of)])).toEqual([
    [
      'Signature verifies',
      [
        ['signature_invalid', 2],
        ['resumption_unknown', 1],
      ],
      ['b', 'c', 'd'],
    ],
    ['Nonce never seen', [['replayed_nonce', 1]], ['a']],
    ['Verified peer has another key, seen before anything was sent', [['peer_key_changed', 1]], ['e']],
  ]);
  expect(countRefused(result)).toBe(5);
});

test('every attempt is counted once: what succeeds on purpose never as held, and what must succeed and does not as broken', () => {
  const result = resultOf(lines);
  expect(ids(result.unaided)).toEqual(['f']);
  expect(ids(result.shown)).toEqual(['g']);
  expect(ids(result.broken)).toEqual(['h', 'i']);
  expect(result.total).toBe(lines.length);
  const { unaided, shown, broken } = result;
  expect(countRefused(result) + unaided.length + shown.length + broken.length).toBe(lines.length);
});

test.each([
  ['held', '✓ Refused by Helper', lines[0]],
  ['held', '✓ The attacker gained nothing', lines[5]],
  ['shown', '▲ The attack succeeded on purpose: it shows what the guarantee depends on', lines[6]],
  ['broken', '✕ The attack SUCCEEDED: this must not be', lines[7]],
  ['broken', '✕ The attack failed, and was meant to succeed', lines[8]],
])('a verdict that is %s is headed “%s”', (ending, headline, of) => {
  const verdict = of?.attempt.verdict ?? { outcome: 'refused', expected: 'refused', evidence: [] };
  expect(endingOf(verdict)).toBe(ending);
  expect(headlineOf(verdict)).toBe(headline);
});

test('how an attempt was refused fits a line', () => {
  expect(lines.slice(0, 6).map(({ attempt }) => refusalWords(attempt.verdict))).toEqual([
    'refused by “Nonce never seen”',
    'refused by “Signature verifies”',
    'refused by “Signature verifies”',
    'refused by “Signature verifies”',
    'refused before anything was sent',
    'nothing gained',
  ]);
});

test('what is refused in groups says who refused: a member that skipped an entry, or the service that took none', () => {
  const refusals: readonly NonNullable<Verdict['refusal']>[] = [
    { by: 'helper', code: 'decryption_failed', of: 'entry' },
    { by: 'traveller', code: 'remove_not_permitted', of: 'entry' },
    { by: 'service', code: 'unknown_group', of: 'service' },
    { by: 'traveller', code: 'member_not_trusted', of: 'call' },
  ];
  const grouped = resultOf(refusals.map((refusal, i) => line(`${i}`, { refusal }))).refused;
  expect(grouped.map(({ name, lines: of }) => [name, ids(of)])).toEqual([
    ['Group rules hold', ['0', '1']],
    ['Only members append to a log', ['2']],
    ['Member not trusted, seen before anything was sent', ['3']],
  ]);
  expect(refusals.map(refuserWords)).toEqual([
    'Helper, which skipped the entry',
    'Traveller, which skipped the entry',
    'Delivery service, which took nothing',
    'Traveller, before it sent anything',
  ]);
  expect(refusals.map((refusal) => refusalWords({ refusal }))).toEqual([
    'skipped by “Group rules hold”',
    'skipped by “Group rules hold”',
    'refused by the delivery service',
    'refused before anything was sent',
  ]);
});
