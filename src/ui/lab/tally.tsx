import type { ScenarioRun } from './lab-store.ts';
import { type Ending, endingOf, endingWords } from './result.ts';
import './tally.css';

const order: readonly Ending[] = ['broken', 'held', 'shown'];

/** Shows how the attempts of a scenario ended, each ending by its mark, number and word. */
export function Tally({ run }: { readonly run: ScenarioRun | undefined }) {
  if (run === undefined) return null;
  const { status, attempts } = run;
  return (
    <span className="lab-tally">
      {order.map((ending) => {
        const count = attempts.filter(({ verdict }) => endingOf(verdict) === ending).length;
        const { mark, words } = endingWords[ending];
        return count === 0 ? null : (
          <span key={ending} data-tone={ending}>
            <span aria-hidden="true">{mark}</span> {count} {ending === 'shown' ? 'on purpose' : words}
          </span>
        );
      })}
      {status === 'running' && <span className="muted">○ running</span>}
      {status === 'stopped' && <span className="muted">◌ stopped</span>}
      {status === 'failed' && <span data-tone="failed">! did not run</span>}
    </span>
  );
}
