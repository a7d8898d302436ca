import { create } from 'zustand';
import type { FailureView } from '../../agent/contracts/views.ts';
import type { Lab } from '../../lab/host/api.ts';
import { openLab } from '../../lab/host/client.ts';
import type { Attempt, Progress, ScenarioInfo } from '../../lab/run/scenario.ts';
import { failureOf } from '../state/failure.ts';

/** How one scenario stands. Attempts are shown as they end. */
export interface ScenarioRun {
  readonly status: 'running' | 'done' | 'stopped' | 'failed';
  readonly progress: Progress;
  readonly attempts: readonly Attempt[];
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** How long it took, in milliseconds; undefined while it runs. */
  readonly ms?: number;
  readonly failure?: FailureView;
}

/** The run of all scenarios, under way or the last one. */
export interface WholeRun {
  readonly status: 'running' | 'stopping' | 'done' | 'stopped';
  /** The scenario under way. */
  readonly current?: ScenarioInfo;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** How long it took, in milliseconds; undefined while it runs. */
  readonly ms?: number;
}

/** What the page knows of the lab; it lives as long as the page. */
interface LabState {
  readonly scenarios: readonly ScenarioInfo[];
  readonly runs: Readonly<Record<string, ScenarioRun>>;
  readonly whole?: WholeRun;
  /** The groups of the result that are unfolded: they are when one comes back. */
  readonly opened: readonly string[];
  /** Why the lab could not be opened. */
  readonly failure?: FailureView;
}

export const useLab = create<LabState>(() => ({ scenarios: [], runs: {}, opened: [] }));

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
  // What is shown from now on is of more than one run: when the former one began and what it took do not tell of all.
  useLab.setState(({ whole: _, ...rest }) => rest, true);
  await runOne(id);
}

async function runOne(id: string): Promise<void> {
  const begun: ScenarioRun = { status: 'running', progress: nothingDone, attempts: [], at: Date.now() };
  const put = (change: Partial<ScenarioRun>) =>
    useLab.setState(({ runs }) => ({ runs: { ...runs, [id]: { ...(runs[id] ?? begun), ...change } } }));
  useLab.setState(({ runs }) => ({ runs: { ...runs, [id]: begun } }));
  const began = performance.now();
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
    const whole = useLab.getState().scenarios.find((info) => info.id === id)?.attempts ?? attempts.length;
    put({ status: attempts.length < whole ? 'stopped' : 'done', attempts, ms: performance.now() - began });
  } catch (cause) {
    put({ status: 'failed', failure: failureOf(cause), ms: performance.now() - began });
  }
}

/** Runs every scenario anew, one after the other, until `stopRun`. Never rejects. */
export async function runAll(): Promise<void> {
  const { scenarios, whole, runs } = useLab.getState();
  if (isUnderWay(whole) || Object.values(runs).some(({ status }) => status === 'running')) return;
  const began = performance.now();
  const at = Date.now();
  useLab.setState({ runs: {}, whole: { status: 'running', at } });
  for (const current of scenarios) {
    useLab.setState({ whole: { status: 'running', at, current } });
    await runOne(current.id);
    if (useLab.getState().whole?.status === 'stopping') break;
  }
  const all = scenarios.every(({ id }) => ['done', 'failed'].includes(useLab.getState().runs[id]?.status ?? ''));
  useLab.setState({ whole: { status: all ? 'done' : 'stopped', at, ms: performance.now() - began } });
}

/** Ends what runs after the attempt that it is at. */
export async function stopRun(): Promise<void> {
  useLab.setState(({ whole, ...rest }) =>
    whole?.status === 'running' ? { ...rest, whole: { ...whole, status: 'stopping' } } : { ...rest },
  );
  try {
    await theLab().stop();
  } catch (cause) {
    useLab.setState({ failure: failureOf(cause) });
  }
}

/** Remembers whether a group of the result is unfolded. */
export function openGroup(id: string, isOpen: boolean): void {
  useLab.setState(({ opened }) => {
    const others = opened.filter((each) => each !== id);
    return { opened: isOpen ? [...others, id] : others };
  });
}

/** True while all scenarios are run. */
export function isUnderWay(whole: WholeRun | undefined): boolean {
  return whole?.status === 'running' || whole?.status === 'stopping';
}
