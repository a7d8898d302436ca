import type { Row } from '../handshake-model.ts';

/** The diagram in one word a line. */
export const outline = (rows: readonly Row[]) => rows.map(line);

function line(row: Row): string {
  switch (row.kind) {
    case 'message':
      return `${row.from} sends ${row.id}${row.fate === 'arrived' ? '' : `, ${row.fate}`}`;
    case 'work':
      return `${row.side} works ${row.steps.map((step) => (step.kind === 'check' ? step.check : step.operation)).join(',')}`;
    case 'elsewhere':
      return `${row.side} ${row.outcome} ${row.of}`;
    case 'waiting':
      return `${row.side} is next`;
    case 'epoch':
      return `epoch ${row.number} by ${row.by}`;
    case 'ending':
      return `${row.client === undefined ? '' : `client ${row.client.kind}`}${row.client && row.server ? ' ' : ''}${row.server === undefined ? '' : `server ${row.server.kind}`}`;
  }
}
