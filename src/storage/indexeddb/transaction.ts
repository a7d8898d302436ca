import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { isNamed } from '../../protocol/realm.ts';
import type { AgentSchema } from './schema.ts';

/** The open database; opened again when its connection was lost. */
export type OpenDatabase = () => Promise<IDBPDatabase<AgentSchema>>;

/** A transaction that writes to the stores of `Names`. */
export type Writing<Names extends StoreNames<AgentSchema>> = IDBPTransaction<AgentSchema, Names[], 'readwrite'>;

/**
 * Runs `work` in one transaction and resolves when it has been committed. When anything fails nothing is changed, and the
 * error is the transaction's own: that a quota is used up is known only when it commits.
 */
export async function writeAtOnce<Schema extends DBSchema, Names extends StoreNames<Schema>, T>(
  open: () => Promise<IDBPDatabase<Schema>>,
  stores: Names[],
  durability: IDBTransactionDurability,
  work: (transaction: IDBPTransaction<Schema, Names[], 'readwrite'>) => Promise<T>,
): Promise<T> {
  const transaction = (await open()).transaction(stores, 'readwrite', { durability });
  const ended = transaction.done.then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    if (isNamed(error, 'AbortError')) throw (await ended)?.reason ?? error;
    transaction.abort();
    await ended;
    throw error;
  }
  const failure = await ended;
  if (failure !== undefined) throw failure.reason;
  return result;
}
