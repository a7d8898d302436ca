import { expect, test } from 'vitest';
import { choicesWith, retentions, retentionWords } from './retentions.ts';

test('every choice has words of its own', () => {
  expect(new Set(retentions.map(retentionWords)).size).toBe(retentions.length);
  expect(retentionWords({ keep: 'all' })).toBe('everything');
  expect(retentionWords({ keep: 'days', days: 1 })).toBe('1 day');
  expect(retentionWords({ keep: 'bytes', bytes: 10_000_000 })).toBe('the newest 10.0 MB');
});

test('what was set elsewhere stays a choice', () => {
  expect(choicesWith({ keep: 'days', days: 30 })).toEqual(retentions);
  expect(choicesWith({ keep: 'days', days: 12 }).at(-1)).toEqual({ keep: 'days', days: 12 });
});
