import { expect, test } from 'vitest';
import { KeyPool } from '../run/key-pool.ts';
import type { Attempt } from '../run/scenario.ts';
import { dishonestMember } from './dishonest-member.ts';

const keys = new KeyPool();
const silent = { keys, signal: new AbortController().signal, progress: () => undefined, report: () => undefined };
const line = ({ verdict: { outcome, refusal } }: Attempt) =>
  refusal === undefined ? outcome : [refusal.by, refusal.of ?? '-', refusal.code].join(' ');

test('x', async () => {
  const t = Date.now();
  const attempts = await dishonestMember.run({
    ...silent,
    report: (a) => console.log(Date.now() - t, line(a), a.id, a.verdict.outcome, a.verdict.evidence),
  });
  expect(attempts.length).toBe(11);
}, 400_000);
