import type { Verdict } from '../../lab/run/scenario.ts';
import { checkWords } from '../../recording/check-words.ts';
import { Mark } from '../design/party.tsx';
import { labParties } from './party-of-lab.ts';
import './verdict.css';

/** Shows the verdict in one line of a list. */
export function VerdictWord({ verdict }: { readonly verdict: Verdict }) {
  const { refusal } = verdict;
  return (
    <span className="lab-verdict-word" data-tone={toneOf(verdict)}>
      {verdict.outcome === 'succeeded' ? (
        <span>{verdict.expected === 'succeeded' ? '▲ succeeds, as it must' : '✕ SUCCEEDED'}</span>
      ) : (
        <span>✓ {refusal === undefined ? 'nothing gained' : (refusal.check ?? 'refused')}</span>
      )}
      {refusal !== undefined && <code>{refusal.code}</code>}
    </span>
  );
}

/** Shows the verdict in full, above what it was read from. */
export function VerdictPanel({ verdict }: { readonly verdict: Verdict }) {
  return (
    <section className="lab-verdict" data-tone={toneOf(verdict)} aria-label="Verdict">
      <h2>{headline(verdict)}</h2>
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

function headline({ outcome, expected, refusal }: Verdict): string {
  if (outcome === 'succeeded') {
    return expected === 'succeeded'
      ? '▲ The attack succeeds, as it must here'
      : '✕ The attack SUCCEEDED: this must not be';
  }
  return refusal === undefined ? '✓ The attacker gained nothing' : `✓ Refused by ${labParties[refusal.by].name}`;
}

function Refusal({ verdict: { refusal } }: { readonly verdict: Verdict }) {
  if (refusal === undefined) return null;
  const words = refusal.check === undefined ? undefined : checkWords[refusal.check];
  return (
    <p>
      <Mark party={labParties[refusal.by]} />{' '}
      {words === undefined ? 'before anything was sent' : `check “${words.name}”`} <code>{refusal.code}</code>
      {words !== undefined && <span> {words.why}</span>}
    </p>
  );
}

function toneOf({ outcome, expected }: Verdict): 'held' | 'broken' | 'shown' {
  if (outcome !== expected) return 'broken';
  return outcome === 'refused' ? 'held' : 'shown';
}
