import { ParleyError } from '../../protocol/errors.ts';

/** What `work` gives. What the browser throws becomes `storage_failed`; a `ParleyError` passes as it is. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    throw new ParleyError(
      'storage_failed',
      'The browser could not read or keep the data. Check that storage is allowed and not full, then try again.',
      { cause },
    );
  }
}
