import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isBytes } from '../../protocol/realm.ts';

/** A row as SQLite gives it: nothing of it is taken on trust. */
type Row = Readonly<Record<string, unknown>>;

/** A statement that is prepared once. */
export interface Statement {
  run(...values: readonly SQLInputValue[]): number;
  first(...values: readonly SQLInputValue[]): Row | undefined;
  all(...values: readonly SQLInputValue[]): readonly Row[];
}

/** Returns what prepares statements of a database. `run` returns how many rows it changed. */
export function statementsOf(database: DatabaseSync): (sql: string) => Statement {
  return (sql) => {
    const statement = database.prepare(sql);
    return {
      run: (...values) => Number(statement.run(...values).changes),
      first: (...values) => statement.get(...values),
      all: (...values) => statement.all(...values),
    };
  };
}

/** Returns the text in a column. Throws `storage_failed` for anything else. */
export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw damaged();
}

/** Returns the whole number in a column; 0 for what a sum over no rows is. Throws `storage_failed` for anything else. */
export function numberIn(row: Row | undefined, column: string): number {
  const value = row?.[column] ?? 0;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw damaged();
}

/** Returns the bytes in a column, in a buffer of their own. Throws `storage_failed` for anything else. */
export function bytesIn(row: Row, column: string): Bytes {
  const value = row[column];
  if (isBytes(value)) return new Uint8Array(value);
  throw damaged();
}

/** Returns the error of a record that is not what was stored. */
export function damaged(): ParleyError {
  return new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.');
}
