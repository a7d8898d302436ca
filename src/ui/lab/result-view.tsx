import { Link } from 'wouter';
import type { ScenarioInfo } from '../../lab/run/scenario.ts';
import { formatCount, formatDuration } from '../design/format.ts';
import { labAddress } from './lab-place.ts';
import { openGroup, type ScenarioRun, useLab } from './lab-store.ts';
import {
  countRefused,
  type Ending,
  endingWords,
  type LabResult,
  type RefusalGroup,
  type ResultLine,
  refusalWords,
} from './result.ts';
import './result-view.css';
import { Tally } from './tally.tsx';

interface ResultViewProps {
  readonly result: LabResult;
  readonly scenarios: readonly ScenarioInfo[];
  readonly runs: Readonly<Record<string, ScenarioRun>>;
}

/** Shows what came of all attempts: how many ended how, the check that refused each, and how long each scenario took. */
export function ResultView({ result, scenarios, runs }: ResultViewProps) {
  const { refused, unaided, shown, broken } = result;
  return (
    <div className="lab-result">
      <ul className="lab-sums" aria-label="Result">
        <Sum mark="✓" tone="held" count={countRefused(result)} words="refused by a check" />
        <Sum mark="✓" tone="held" count={unaided.length} words="gained nothing: no check was needed" />
        <Sum mark={endingWords.shown.mark} tone="shown" count={shown.length} words="succeeded on purpose" />
        <Sum
          mark={endingWords.broken.mark}
          tone="broken"
          count={broken.length}
          words="ended otherwise than they must"
        />
      </ul>
      {broken.length > 0 && <Lines heading="Ended otherwise than they must" ending="broken" lines={broken} />}
      {refused.length > 0 && (
        <section aria-label="Refused by which check">
          <h2>Refused by which check</h2>
          {refused.map((group) => (
            <Group key={group.id} group={group} most={refused[0]?.lines.length ?? 1} />
          ))}
        </section>
      )}
      {shown.length > 0 && <Lines heading="Succeeded on purpose" ending="shown" lines={shown} />}
      {unaided.length > 0 && <Lines heading="Gained nothing: no check was needed" ending="held" lines={unaided} />}
      <section aria-label="By scenario">
        <h2>By scenario</h2>
        <ByScenario scenarios={scenarios} runs={runs} />
      </section>
    </div>
  );
}

interface SumProps {
  readonly mark: string;
  readonly tone: Ending;
  readonly count: number;
  readonly words: string;
}

function Sum({ mark, tone, count, words }: SumProps) {
  return (
    <li className="lab-sum" data-tone={tone} data-none={count === 0}>
      <span className="lab-sum-count">
        <span aria-hidden="true">{mark}</span> {count}
      </span>{' '}
      <span>{words}</span>
    </li>
  );
}

function Group({ group, most }: { readonly group: RefusalGroup; readonly most: number }) {
  const { id, name, why, codes, lines } = group;
  const isOpen = useLab((state) => state.opened.includes(id));
  return (
    <details className="lab-group" open={isOpen} onToggle={(event) => openGroup(id, event.currentTarget.open)}>
      <summary>
        <span className="lab-group-count">{lines.length}</span>
        <span className="lab-group-name">
          {name}
          <meter className="lab-group-bar" value={lines.length} max={most} aria-hidden="true" />
        </span>
        <span className="lab-group-codes">
          {codes.map(([code, count]) => (
            <span key={code}>
              <code>{code}</code>
              {codes.length > 1 && ` ${count}`}
            </span>
          ))}
        </span>
      </summary>
      <p className="muted small">{why}</p>
      {isOpen && <LineList lines={lines} />}
    </details>
  );
}

interface LinesProps {
  readonly heading: string;
  readonly ending: Ending;
  readonly lines: readonly ResultLine[];
}

function Lines({ heading, ending, lines }: LinesProps) {
  return (
    <section aria-label={heading} className="lab-lines" data-tone={ending}>
      <h2>
        <span aria-hidden="true">{endingWords[ending].mark}</span> {heading}
      </h2>
      <LineList lines={lines} showsEvidence />
    </section>
  );
}

interface LineListProps {
  readonly lines: readonly ResultLine[];
  /** Whether each line says in a sentence what it was read from. */
  readonly showsEvidence?: boolean;
}

function LineList({ lines, showsEvidence = false }: LineListProps) {
  return (
    <ul className="lab-line-list">
      {lines.map(({ scenario, attempt }) => (
        <li key={`${scenario.id} ${attempt.id}`}>
          <Link href={labAddress({ scenario: scenario.id, attempt: attempt.id })} className="lab-line">
            <span className="muted">{scenario.title}</span>
            <span>{attempt.title}</span>
            <span className="lab-line-end">
              {attempt.verdict.refusal === undefined ? (
                refusalWordsOf(attempt.verdict.outcome)
              ) : (
                <>
                  <span className="visually-hidden">{refusalWords(attempt.verdict)}: </span>
                  <code>{attempt.verdict.refusal.code}</code>
                </>
              )}
            </span>
          </Link>
          {showsEvidence && <p className="small muted">{attempt.verdict.evidence.slice(0, 2).join(' ')}</p>}
        </li>
      ))}
    </ul>
  );
}

function refusalWordsOf(outcome: 'refused' | 'succeeded'): string {
  return outcome === 'succeeded' ? 'succeeded' : 'nothing gained';
}

function ByScenario({ scenarios, runs }: Omit<ResultViewProps, 'result'>) {
  return (
    <table className="lab-scenarios">
      <thead>
        <tr>
          <th scope="col">scenario</th>
          <th scope="col">attempts</th>
          <th scope="col">ended</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        {scenarios.map(({ id, title, attempts }) => {
          const run = runs[id];
          return (
            <tr key={id}>
              <th scope="row">
                <Link href={labAddress({ scenario: id })}>{title}</Link>
              </th>
              <td>{formatCount(run?.attempts.length ?? 0, `of ${attempts}`, `of ${attempts}`)}</td>
              <td>
                <Tally run={run} />
              </td>
              <td>{run?.ms === undefined ? '–' : formatDuration(run.ms)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
