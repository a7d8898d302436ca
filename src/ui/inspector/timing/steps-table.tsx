import type { Beginning } from '../../../recording/beginning.ts';
import { formatDuration } from '../../design/format.ts';
import type { Waterfall } from './waterfall-model.ts';

interface StepsTableProps {
  readonly bars: Waterfall['bars'];
  readonly agents: Readonly<Record<'client' | 'server', string>>;
  readonly beginning: Beginning;
}

/** Shows the waterfall as a table that says the same. */
export function StepsTable({ bars, agents, beginning }: StepsTableProps) {
  return (
    <details className="timing-text">
      <summary>The same as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="timing-text-scroll" tabIndex={0}>
        <table>
          <caption className="visually-hidden">Steps of the {beginning}</caption>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Where</th>
              <th scope="col">Spent on</th>
              <th scope="col">Began after</th>
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ side, name, category, start, duration }) => (
              <tr key={`${side} ${name} ${start}`}>
                <th scope="row">{name}</th>
                <td>{side === 'wire' ? 'on the wire' : agents[side]}</td>
                <td>{category}</td>
                <td>{formatDuration(Math.max(0, start))}</td>
                <td>{formatDuration(duration)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
