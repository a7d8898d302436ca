import { Link } from 'wouter';
import { formatDuration } from '../design/format.ts';
import './lab-home.css';
import { labAddress } from './lab-place.ts';
import { isUnderWay, runAll, type ScenarioRun, stopRun, useLab, type WholeRun } from './lab-store.ts';
import { saveReport } from './report-file.tsx';
import { type LabResult, type ResultLine, resultOf } from './result.ts';
import { ResultView } from './result-view.tsx';

/** Shows the lab's first screen: the button that runs everything, how far it is, and then the result. */
export function LabHome() {
  const scenarios = useLab((state) => state.scenarios);
  const runs = useLab((state) => state.runs);
  const whole = useLab((state) => state.whole);
  const of = scenarios.reduce((sum, { attempts }) => sum + attempts, 0);
  const lines: readonly ResultLine[] = scenarios.flatMap((scenario) =>
    (runs[scenario.id]?.attempts ?? []).map((attempt) => ({ scenario, attempt })),
  );
  const result = resultOf(lines);
  const underWay = isUnderWay(whole);
  return (
    <section className="lab-home" aria-label="All attacks">
      <h1>{headline(result, of, whole)}</h1>
      {lines.length === 0 && !underWay && <Introduction />}
      {underWay && <HowFar whole={whole} run={runs[whole?.current?.id ?? '']} done={result.total} of={of} />}
      {!underWay && (
        <p className="lab-home-acts">
          <button
            type="button"
            className="button button-primary lab-run-all"
            disabled={of === 0 || Object.values(runs).some(({ status }) => status === 'running')}
            onClick={() => void runAll()}
          >
            {result.total === 0 ? 'Run all' : 'Run all again'}
          </button>
          {result.total > 0 && (
            <button
              type="button"
              className="button lab-save-report"
              onClick={() => saveReport({ result, lines, scenarios, at: begunAt(runs), ms: whole?.ms })}
            >
              Save report
            </button>
          )}
          {result.total === 0 ? (
            <span className="muted">
              {of} attempts in {scenarios.length} scenarios. A run usually takes less than a minute.
            </span>
          ) : (
            <span className="muted">
              {result.total} of {of} attempts{whole?.ms === undefined ? '' : ` in ${formatDuration(whole.ms)}`}
            </span>
          )}
        </p>
      )}
      <p className="visually-hidden" role="status">
        {lines.length > 0 && !underWay ? headline(result, of, whole) : ''}
      </p>
      {result.total > 0 && <ResultView result={result} runs={runs} scenarios={scenarios} />}
      {result.total === 0 && !underWay && (
        <p>
          <Link href={labAddress({ scenario: 'free' })} className="button">
            Attack by hand: free mode
          </Link>
        </p>
      )}
    </section>
  );
}

/** Returns when the first run began of those that the result is of. */
function begunAt(runs: Readonly<Record<string, ScenarioRun>>): number {
  return Math.min(...Object.values(runs).map(({ at }) => at));
}

function headline({ total, broken, shown }: LabResult, of: number, whole: WholeRun | undefined): string {
  if (isUnderWay(whole)) return 'Attacking Traveller and Helper';
  if (total === 0) return 'Try to break it';
  if (broken.length > 0) return `${broken.length} of ${total} attempts ended otherwise than they must`;
  const purpose = shown.length === 0 ? '' : `, ${shown.length} succeeded on purpose`;
  if (total === of) return `No attack broke in: ${total - shown.length} of ${total} attempts failed${purpose}`;
  return `${whole?.status === 'stopped' ? 'Stopped' : 'So far'}: ${total - shown.length} of ${total} attempts failed${purpose}`;
}

function Introduction() {
  return (
    <>
      <p>
        An attacker sits on the line between a real Traveller and a real Helper: the same code that runs in their tabs,
        with a Controller of their own, in a worker of this page. <strong>Run all</strong> makes every attack of the
        threat model and shows which check refused each attempt.
      </p>
      <p className="muted">
        A verdict is read from the agents’ own state and answers, never from the script. Three attempts succeed on
        purpose: they show what is lost without an ephemeral key exchange, and, for a pair and in a group, without
        comparing safety numbers.
      </p>
    </>
  );
}

interface HowFarProps {
  readonly whole: WholeRun | undefined;
  readonly run: ScenarioRun | undefined;
  readonly done: number;
  readonly of: number;
}

function HowFar({ whole, run, done, of }: HowFarProps) {
  const isStopping = whole?.status === 'stopping';
  return (
    <div className="lab-how-far">
      <progress value={done} max={of} aria-label="Attempts" />
      <p className="lab-how-far-line">
        <strong>
          {done} of {of}
        </strong>
        <button type="button" className="button" disabled={isStopping} onClick={() => void stopRun()}>
          Stop
        </button>
      </p>
      <p className="muted small">
        {isStopping
          ? 'Stopping after this attempt'
          : `${whole?.current?.title ?? ''}: ${run?.progress.doing ?? 'starting'}`}
      </p>
    </div>
  );
}
