import type { Attempt, LabMessage, ScenarioInfo } from '../../lab/run/scenario.ts';
import { checkWords } from '../../recording/check-words.ts';
import { formatBytes, formatDuration } from '../design/format.ts';
import { alterationsOf } from './alterations.ts';
import { arrivedBody } from './arrived-body.ts';
import { labParties } from './party-of-lab.ts';
import { countRefused, endingOf, headlineOf, type LabResult, type ResultLine, refuserWords } from './result.ts';

/** What a report is made of. */
export interface ReportFacts {
  readonly result: LabResult;
  readonly lines: readonly ResultLine[];
  readonly scenarios: readonly ScenarioInfo[];
  /** The version of Parley. */
  readonly version: string;
  /** When the run began, or the first of several, milliseconds since 1970. */
  readonly at: number;
  /** What all of it took, in milliseconds; undefined when the scenarios were run one by one. */
  readonly ms: number | undefined;
  readonly browser: string;
}

/** Shows the report of a run: one page without scripts that says of every attempt what was done, what refused it and how it ended. */
export function Report(facts: ReportFacts) {
  const { result, lines, scenarios } = facts;
  return (
    <main>
      <h1>Parley attack lab: report</h1>
      <FactTable {...facts} />
      <Sums result={result} />
      <h2>Refused by which check</h2>
      <Checks result={result} />
      <Named heading="Ended otherwise than they must" lines={result.broken} />
      <Named heading="Succeeded on purpose" lines={result.shown} />
      <Named heading="Gained nothing: no check was needed" lines={result.unaided} />
      {scenarios.map((scenario) => {
        const own = lines.filter((line) => line.scenario.id === scenario.id);
        return own.length === 0 ? null : <ScenarioPart key={scenario.id} scenario={scenario} lines={own} />;
      })}
    </main>
  );
}

function FactTable({ result, lines, scenarios, version, at, ms, browser }: ReportFacts) {
  const all = scenarios.reduce((sum, { attempts }) => sum + attempts, 0);
  const made = scenarios.map((scenario) => ({
    ...scenario,
    made: lines.filter((line) => line.scenario.id === scenario.id).length,
  }));
  const begun = made.filter((scenario) => scenario.made > 0).length;
  const missing = made.flatMap(({ title, attempts, made: count }) =>
    count < attempts ? [`${title}: ${attempts - count} of ${attempts} attempts`] : [],
  );
  const rows: readonly (readonly [string, string])[] = [
    ['Parley', version],
    ['Date', `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`],
    ['Browser', browser],
    ['Attempts', `${result.total} of ${all}, in ${begun} of ${scenarios.length} scenarios`],
    ...(missing.length === 0 ? [] : ([['Not made', missing.join('; ')]] as const)),
    ...(ms === undefined ? [] : ([['Time', formatDuration(ms)]] as const)),
  ];
  return (
    <table className="facts">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sums({ result }: { readonly result: LabResult }) {
  return (
    <ul className="sums">
      <li className="held">✓ {countRefused(result)} refused by a check</li>
      <li className="held">✓ {result.unaided.length} gained nothing: no check was needed</li>
      <li className={result.shown.length > 0 ? 'shown' : undefined}>▲ {result.shown.length} succeeded on purpose</li>
      <li className={result.broken.length > 0 ? 'broken' : undefined}>
        ✕ {result.broken.length} ended otherwise than they must
      </li>
    </ul>
  );
}

function Checks({ result }: { readonly result: LabResult }) {
  return (
    <table className="checks">
      <thead>
        <tr>
          <th scope="col">check</th>
          <th scope="col">attempts</th>
          <th scope="col">codes</th>
          <th scope="col">what it is for</th>
        </tr>
      </thead>
      <tbody>
        {result.refused.map(({ id, name, why, codes, lines }) => (
          <tr key={id}>
            <th scope="row">{name}</th>
            <td>{lines.length}</td>
            <td>{codes.map(([code, count]) => `${code} ${count}`).join(', ')}</td>
            <td>{why}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The name of an attempt's part of the page, which links lead to. */
function anchorOf({ scenario, attempt }: ResultLine): string {
  return `${scenario.id}--${attempt.id}`;
}

function Named({ heading, lines }: { readonly heading: string; readonly lines: readonly ResultLine[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h2>{heading}</h2>
      <ul>
        {lines.map((line) => (
          <li key={anchorOf(line)}>
            {line.scenario.title}: <a href={`#${anchorOf(line)}`}>{line.attempt.title}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

function ScenarioPart({ scenario, lines }: { readonly scenario: ScenarioInfo; readonly lines: readonly ResultLine[] }) {
  return (
    <section>
      <h2>{scenario.title}</h2>
      <p>{scenario.summary}.</p>
      <dl>
        <dt>The attacker has</dt>
        <dd>{scenario.has}</dd>
        <dt>and wants</dt>
        <dd>{scenario.wants}</dd>
        <dt>Parley promises</dt>
        <dd>{scenario.promise}</dd>
      </dl>
      {lines.map((line) => (
        <AttemptPart key={line.attempt.id} anchor={anchorOf(line)} attempt={line.attempt} />
      ))}
    </section>
  );
}

/** Messages of an attempt that a report lists: a flood sends many alike. */
const mostMessages = 12;

function AttemptPart({ anchor, attempt }: { readonly anchor: string; readonly attempt: Attempt }) {
  const { title, messages, isOnLog, verdict } = attempt;
  const { refusal } = verdict;
  const words = refusal?.check === undefined ? undefined : checkWords[refusal.check];
  return (
    <article id={anchor} className={endingOf(verdict)}>
      <h3>{title}</h3>
      <p>
        <strong>{headlineOf(verdict)}</strong>
      </p>
      <h4>What went over the line, and what the attacker did</h4>
      {messages.length === 0 ? (
        <p>
          {isOnLog === true
            ? 'The attempt was made on the group’s log at the delivery service.'
            : 'Nothing went over the line.'}
        </p>
      ) : (
        <ol>
          {messages.slice(0, mostMessages).map((message) => (
            <li key={message.number} value={message.number}>
              <MessageLine message={message} />
            </li>
          ))}
        </ol>
      )}
      {messages.length > mostMessages && <p>… and {messages.length - mostMessages} more messages.</p>}
      {refusal !== undefined && (
        <>
          <h4>What refused it</h4>
          <p>
            {refuserWords(refusal)} with <code>{refusal.code}</code>. {words?.why}
          </p>
        </>
      )}
      <h4>Verdict, read from the agents themselves</h4>
      <ul>
        {verdict.evidence.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </article>
  );
}

function MessageLine({ message }: { readonly message: LabMessage }) {
  const { from, to, kind, httpStatus, deed } = message;
  return (
    <>
      <code>{kind}</code> {labParties[from].name} → {labParties[to].name}, {formatBytes(arrivedBody(message).size)}
      {httpStatus !== undefined && `, HTTP ${httpStatus}`}
      {deed !== '' && <strong> ▲ {deed}</strong>}
      {alterationsOf(message).map(({ path, before, after, bit }) => (
        <span key={path} className="alteration">
          <code>{path}</code> {before !== undefined && <del>{before}</del>} <ins>{after ?? 'dropped'}</ins>
          {bit !== undefined && ` ${bit}`}
        </span>
      ))}
    </>
  );
}
