import { ParleyError } from '../protocol/errors.ts';

/** What `work` gives. What the storage throws becomes `storage_failed`; a `ParleyError` passes as it is. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    throw new ParleyError(
      'storage_failed',
      'The data could not be read or kept. Check that storage is allowed and not full, then try again.',
      { cause },
    );
  }
}
