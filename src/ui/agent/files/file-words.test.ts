import { expect, test } from 'vitest';
import { progressWords, quarterWords, statusSentence, statusWord } from './file-words.ts';
import { fileView } from './testing/file-view.ts';

test('progress has sizes, and while a file moves its rate and the time left', () => {
  const moving = fileView({ status: 'moving', moved: 50_000_000, rate: 12_500_000 });
  expect(progressWords(moving)).toBe('50.0 MB of 200.0 MB · 12.5 MB/s · 12 s left');
  expect(progressWords({ ...moving, rate: 100_000 })).toBe('50.0 MB of 200.0 MB · 100.0 kB/s · 25 min left');
  expect(progressWords({ ...moving, rate: 0 })).toBe('50.0 MB of 200.0 MB');
  expect(progressWords({ ...moving, status: 'paused' })).toBe('50.0 MB of 200.0 MB');
  expect(progressWords(fileView())).toBe('200.0 MB');
});

test('whoever listens hears of each quarter once, and of an empty file that it has come', () => {
  const heard = (moved: number) => quarterWords(fileView({ status: 'moving', size: 100, moved }));
  expect(new Set(Array.from({ length: 101 }, (_, moved) => heard(moved)))).toEqual(
    new Set(['0% received', '25% received', '50% received', '75% received', '100% received']),
  );
  expect(quarterWords(fileView({ status: 'moving', size: 0, direction: 'outgoing' }))).toBe('100% sent');
  expect(quarterWords(fileView())).toBe('');
});

test('each state has a word, and one that waits or has ended says what it means and what to do', () => {
  const statuses = [
    'offered',
    'moving',
    'paused',
    'waiting',
    'whole',
    'declined',
    'cancelled',
    'missing',
    'failed',
  ] as const;
  for (const direction of ['incoming', 'outgoing'] as const) {
    const words = statuses.map((status) => statusWord({ status, direction }));
    expect(new Set(words).size).toBe(statuses.length);
    for (const status of statuses) {
      const sentence = statusSentence(fileView({ status, direction }), 'peer');
      if (status === 'moving' || status === 'whole') expect(sentence).toBeUndefined();
      else expect(sentence).toMatch(/^.{10,}\.$/);
    }
  }
  expect(statusSentence(fileView({ status: 'waiting' }), 'own')).toContain('this agent’s connection');
  expect(statusSentence(fileView({ status: 'waiting' }), 'peer')).toContain(
    'helper_agent_001, which cannot be reached',
  );
  expect(statusSentence(fileView({ status: 'paused', pausedBy: 'there' }), 'peer')).toContain(
    'helper_agent_001 paused it',
  );
});
