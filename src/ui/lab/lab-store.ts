import { create } from 'zustand';
import type { FailureView } from '../../agent/contracts/views.ts';
import type { Lab } from '../../lab/host/api.ts';
import { openLab } from '../../lab/host/client.ts';
import type { Attempt, Progress, ScenarioInfo } from '../../lab/run/scenario.ts';
import { failureOf } from '../state/failure.ts';

/** How one scenario stands. Attempts are shown as they end. */
export interface ScenarioRun {
  readonly status: 'running' | 'done' | 'failed';
  readonly progress: Progress;
  readonly attempts: readonly Attempt[];
  readonly failure?: FailureView;
}

/** What the page knows of the lab; it lives as long as the page. */
interface LabState {
  readonly scenarios: readonly ScenarioInfo[];
  readonly runs: Readonly<Record<string, ScenarioRun>>;
  readonly runningAll: boolean;
  /** Why the lab could not be opened. */
  readonly failure?: FailureView;
}

export const useLab = create<LabState>(() => ({ scenarios: [], runs: {}, runningAll: false }));

let lab: Lab | undefined;
const nothingDone: Progress = { done: 0, of: 1, doing: 'making keys and certificates' };

/** Returns the lab's worker, opened once for the page. */
export function theLab(): Lab {
  lab ??= openLab();
  return lab;
}

/** Reads the catalogue; after a failure it tries with a new worker. */
export async function loadScenarios(): Promise<void> {
  try {
    useLab.setState({ scenarios: await theLab().scenarios() });
    useLab.setState(({ failure: _, ...rest }) => rest, true);
  } catch (cause) {
    lab?.close();
    lab = undefined;
    useLab.setState({ failure: failureOf(cause) });
  }
}

/** Runs a scenario anew, unless it is running. Never rejects: what fails is shown. */
export async function runScenario(id: string): Promise<void> {
  if (useLab.getState().runs[id]?.status === 'running') return;
  const put = (change: Partial<ScenarioRun>) =>
    useLab.setState(({ runs }) => {
      const before = runs[id] ?? { status: 'running', progress: nothingDone, attempts: [] };
      return { runs: { ...runs, [id]: { ...before, ...change } } };
    });
  useLab.setState(({ runs }) => ({
    runs: { ...runs, [id]: { status: 'running', progress: nothingDone, attempts: [] } },
  }));
  try {
    // What a worker tells on the way may arrive after its last word, which has it all.
    const whileRunning = (change: (run: ScenarioRun) => Partial<ScenarioRun>) => {
      const run = useLab.getState().runs[id];
      if (run?.status === 'running') put(change(run));
    };
    const attempts = await theLab().run(
      id,
      (progress) => whileRunning(() => ({ progress })),
      (attempt) => whileRunning((run) => ({ attempts: [...run.attempts, attempt] })),
    );
    put({ status: 'done', attempts });
  } catch (cause) {
    put({ status: 'failed', failure: failureOf(cause) });
  }
}

/** Runs every scenario, one after the other. */
export async function runAll(): Promise<void> {
  useLab.setState({ runningAll: true });
  for (const { id } of useLab.getState().scenarios) await runScenario(id);
  useLab.setState({ runningAll: false });
}

/** How a run ended, in one of four words. */
export type RunOutcome = 'not run' | 'running' | 'held' | 'broken' | 'failed';

/** Returns the outcome of a run; `held`: every attempt ended as a sound protocol has it. */
export function outcomeOf(run: ScenarioRun | undefined): RunOutcome {
  if (run === undefined) return 'not run';
  if (run.attempts.some(({ verdict }) => verdict.outcome !== verdict.expected)) return 'broken';
  if (run.status === 'running') return 'running';
  return run.status === 'failed' ? 'failed' : 'held';
}
