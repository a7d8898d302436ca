import { ParleyError } from '../protocol/errors.ts';

/** Returns what `work` gives; `otherwise` when a record that it reads is damaged: whoever that record is not of goes on without it. */
export async function unlessDamaged<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'storage_failed') return otherwise;
    throw error;
  }
}
