import type { Verdict } from '../../lab/run/scenario.ts';
import { checkWords } from '../../recording/check-words.ts';
import { Mark } from '../design/party.tsx';
import { labParties } from './party-of-lab.ts';
import { endingOf, endingWords, headlineOf, refusalWords } from './result.ts';
import './verdict.css';

/** Shows the verdict in one line of a list. */
export function VerdictWord({ verdict }: { readonly verdict: Verdict }) {
  const { refusal } = verdict;
  return (
    <span className="lab-verdict-word" data-tone={endingOf(verdict)}>
      {verdict.outcome === 'succeeded' ? (
        <span>
          {verdict.expected === 'succeeded' ? `${endingWords.shown.mark} succeeded on purpose` : '✕ SUCCEEDED'}
        </span>
      ) : (
        <span>
          {endingWords[endingOf(verdict)].mark} {refusalWords(verdict)}
        </span>
      )}
      {refusal !== undefined && <code>{refusal.code}</code>}
    </span>
  );
}

/** Shows the verdict in full, above what it was read from. */
export function VerdictPanel({ verdict }: { readonly verdict: Verdict }) {
  return (
    <section className="lab-verdict" data-tone={endingOf(verdict)} aria-label="Verdict">
      <h2>{headlineOf(verdict)}</h2>
      <Refusal verdict={verdict} />
      <h3 className="lab-verdict-source">Read from the agents themselves</h3>
      <ul className="lab-evidence">
        {verdict.evidence.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

function Refusal({ verdict: { refusal } }: { readonly verdict: Verdict }) {
  if (refusal === undefined) return null;
  if (refusal.of === 'entry') return <Skipped by={refusal.by} code={refusal.code} />;
  if (refusal.of === 'service') return <NotTaken code={refusal.code} />;
  const words = refusal.check === undefined ? undefined : checkWords[refusal.check];
  return (
    <p>
      <Mark party={labParties[refusal.by]} />{' '}
      {words === undefined ? (
        <>
          {labParties[refusal.by].name} refused before it sent anything: <code>{refusal.code}</code>.
        </>
      ) : (
        <>
          The check “{words.name}” failed: <code>{refusal.code}</code>. What it is for: {words.why}
        </>
      )}
    </p>
  );
}

function Skipped({ by, code }: Pick<NonNullable<Verdict['refusal']>, 'by' | 'code'>) {
  return (
    <p>
      <Mark party={labParties[by]} /> {labParties[by].name} read the entry in the group’s log and skipped it:{' '}
      <code>{code}</code>. Every member judges by the same rules, so all skip the same entries.
    </p>
  );
}

function NotTaken({ code }: Pick<NonNullable<Verdict['refusal']>, 'code'>) {
  return (
    <p>
      <Mark party={labParties.service} /> The delivery service took nothing from the attacker: <code>{code}</code>.
    </p>
  );
}
