import { formatDuration } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import type { Category } from './bar.ts';
import type { CategoryShares } from './category-shares.ts';
import type { Spent, Waterfall } from './waterfall-model.ts';

interface SharesTableProps {
  readonly drawn: Waterfall;
  readonly agents: Readonly<Record<'client' | 'server', string>>;
}

/** Shows one bar for the whole time of each side, and the table of its parts: the legend of all bars. */
export function SharesTable({ drawn: { spent, clockShift }, agents }: SharesTableProps) {
  const [first] = spent;
  const categories = [...new Set(spent.flatMap(({ shares }) => shares.map(([category]) => category)))];
  return (
    <section className="timing-shares" aria-label="Where the time went">
      <h2>
        {formatDuration(first.total)} in all, as <PartyMark agentId={agents[first.side]} /> {agents[first.side]} spent
        them
      </h2>
      {spent.map(({ side, shares }) => (
        <div key={side} className="timing-stack" aria-hidden="true">
          {shares.map(([category, ms]) => (
            <span key={category} data-category={category} style={{ flexGrow: ms }} />
          ))}
        </div>
      ))}
      <table>
        <caption className="visually-hidden">Time by what it was spent on</caption>
        <thead>
          <tr>
            <td />
            {spent.map(({ side }) => (
              <th key={side} scope="colgroup" colSpan={2}>
                <PartyMark agentId={agents[side]} /> {agents[side]}
              </th>
            ))}
          </tr>
          <tr>
            <th scope="col">Spent on</th>
            {spent.flatMap(({ side }) => [
              <th key={`${side} time`} scope="col">
                Time
              </th>,
              <th key={`${side} share`} scope="col">
                Share
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {categories.map((category) => (
            <tr key={category}>
              <th scope="row">
                <Swatch category={category} /> {category}
              </th>
              {spent.flatMap((each) => figures(each, timeOf(each.shares, category)))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">in all</th>
            {spent.flatMap((each) => figures(each, each.total))}
          </tr>
        </tfoot>
      </table>
      {clockShift !== 0 && (
        <p className="muted small">
          The two clocks disagree: {agents.server}’s times are drawn {formatDuration(Math.abs(clockShift))}{' '}
          {clockShift > 0 ? 'later' : 'earlier'} than it recorded them, so that no message arrives before it left.
        </p>
      )}
    </section>
  );
}

function timeOf(shares: CategoryShares, category: Category): number | undefined {
  return shares.find(([each]) => each === category)?.[1];
}

function figures({ side, total }: Spent, ms: number | undefined) {
  const share = ms === undefined || total === 0 ? '–' : `${((100 * ms) / total).toFixed(1)} %`;
  return [
    <td key={`${side} time`}>{ms === undefined ? '–' : formatDuration(ms)}</td>,
    <td key={`${side} share`}>{share}</td>,
  ];
}

function Swatch({ category }: { readonly category: Category }) {
  return <span className="timing-swatch" data-category={category} aria-hidden="true" />;
}
