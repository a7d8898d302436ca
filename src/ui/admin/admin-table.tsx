import type { ReactNode } from 'react';
import { formatDateTime, formatRelativeTime } from '../design/format.ts';

interface AdminTableProps {
  /** Names it among the others: `Table of agents`. */
  readonly label: string;
  /** Heads of its columns but the last, which holds what can be done. */
  readonly heads: readonly string[];
  /** Its rows. */
  readonly children: ReactNode;
}

/** Shows a table with what can be done in its last column. It scrolls sideways where it has no room. */
export function AdminTable({ label, heads, children }: AdminTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="admin-scroll" tabIndex={0} aria-label={label}>
      <table className="admin-table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

interface TimeProps {
  /** Unix seconds. */
  readonly seconds: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What stands for a time that there is not. */
  readonly none: string;
}

/** Shows a time as seen from `now`, and in full when it is pointed at. */
export function Time({ seconds, now, none }: TimeProps) {
  if (seconds === null) return <span className="muted">{none}</span>;
  return <span title={formatDateTime(seconds * 1_000)}>{formatRelativeTime(seconds * 1_000, now)}</span>;
}
