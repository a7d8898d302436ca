import { expect, test } from 'vitest';
import { KeyPool } from './key-pool.ts';
import { type Lab, runTries, type Try } from './run.ts';
import type { Attempt, Progress } from './scenario.ts';

const tries: readonly Try[] = ['first', 'second', 'third'].map((id) => ({
  id,
  title: `the ${id}`,
  act: async () => ({ succeeded: false, evidence: [] }),
}));

const attemptOf = ({ id, title }: Try): Attempt => ({
  id,
  title,
  messages: [],
  verdict: { outcome: 'refused', expected: 'refused', evidence: [] },
});

/** Runs the tries, and aborts the signal in the one called `at`. */
async function stoppedIn(at: string | undefined) {
  const stopping = new AbortController();
  const shown: Progress[] = [];
  const reported: string[] = [];
  const lab: Lab = {
    keys: new KeyPool(),
    signal: stopping.signal,
    progress: (progress) => shown.push(progress),
    report: ({ id }) => reported.push(id),
  };
  const attempts = await runTries(lab, tries, async (each) => {
    if (each.id === at) stopping.abort();
    return attemptOf(each);
  });
  return { made: attempts.map(({ id }) => id), reported, shown };
}

test('a run that is stopped ends after the attempt it is at, and gives those that were made', async () => {
  const { made, reported, shown } = await stoppedIn('second');
  expect(made).toEqual(['first', 'second']);
  expect(reported).toEqual(['first', 'second']);
  expect(shown.at(-1)).toEqual({ done: 1, of: 3, doing: 'the second' });
});

test('a run that is not stopped makes every attempt', async () => {
  const { made, shown } = await stoppedIn(undefined);
  expect(made).toEqual(['first', 'second', 'third']);
  expect(shown.map(({ done }) => done)).toEqual([0, 1, 2, 3]);
});
