import type { OutputTable } from '../../console/agent.ts';
import { formatDateTime } from '../design/format.ts';
import { UntrustedText } from '../design/untrusted-text.tsx';
import type { Entry } from './console-store.ts';

/** Shows one entry of the log, as text that copies as it reads. */
export function ConsoleEntry({ entry, prompt }: { readonly entry: Entry; readonly prompt: string }) {
  if ('typed' in entry) {
    return (
      <p className="console-typed" title={formatDateTime(entry.at)}>
        <span className="muted">{prompt}</span> {entry.typed}
      </p>
    );
  }
  if ('table' in entry.said) return <Table table={entry.said.table} />;
  const { level, mark, text } = entry.said.line;
  return (
    <p className="console-line" data-level={level} title={formatDateTime(entry.at)}>
      {level !== 'OUT' && <span className="console-level">[{level}] </span>}
      {mark !== undefined && <span className="console-mark">{mark} </span>}
      <UntrustedText text={text} />
    </p>
  );
}

function Table({ table: { headings, rows } }: { readonly table: OutputTable }) {
  return (
    <div className="console-table">
      <table>
        <thead>
          <tr>
            {headings.map((heading) =>
              heading === '' ? (
                <td key={heading} />
              ) : (
                <th key={heading} scope="col">
                  {heading}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join(' ')}>
              {row.map((cell, i) =>
                i === 0 ? (
                  <th key={headings[i]} scope="row">
                    <UntrustedText text={cell} />
                  </th>
                ) : (
                  <td key={headings[i]}>
                    <UntrustedText text={cell} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
