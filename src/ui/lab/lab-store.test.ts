import { beforeEach, expect, test, vi } from 'vitest';
import type { Lab } from '../../lab/host/api.ts';
import type { Attempt, ScenarioInfo } from '../../lab/run/scenario.ts';
import { runAll, runScenario, useLab } from './lab-store.ts';

const attempt: Attempt = {
  id: 'at-once',
  title: 'At once',
  messages: [],
  verdict: { outcome: 'refused', expected: 'refused', evidence: [] },
};
const lab: Pick<Lab, 'run'> = { run: async () => [attempt] };
vi.mock('../../lab/host/client.ts', () => ({ openLab: () => lab }));

const scenario = (id: string): ScenarioInfo => ({
  id,
  title: id,
  summary: '',
  attempts: 1,
  has: '',
  wants: '',
  promise: '',
});

beforeEach(() =>
  useLab.setState({ scenarios: [scenario('replay'), scenario('flooding')], runs: {}, opened: [] }, true),
);

test('a run of everything says when it began and what it took, until a scenario is run again by itself', async () => {
  await runAll();
  const { whole, runs } = useLab.getState();
  expect(whole).toMatchObject({ status: 'done', at: expect.any(Number), ms: expect.any(Number) });
  expect(runs.flooding?.at).toBeGreaterThanOrEqual(whole?.at ?? Number.POSITIVE_INFINITY);

  await runScenario('replay');
  expect(useLab.getState().whole).toBeUndefined();
  expect(useLab.getState().runs).toMatchObject({ replay: { status: 'done' }, flooding: { status: 'done' } });
});
