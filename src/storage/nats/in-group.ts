import { JetStreamApiError } from '@nats-io/jetstream';
import { ParleyError } from '../../protocol/errors.ts';
import { unreachable } from './link.ts';

/** JetStream's codes for a store that has no room (JSInsufficientResourcesErr, JSStorageResourcesExceededErr, and its like). */
const full: readonly number[] = [10_023, 10_028, 10_047, 10_077];

/**
 * Returns what `work` gives. What NATS throws becomes `storage_full` when JetStream has no room, and `unavailable`
 * otherwise; a `ParleyError` passes as it is.
 */
export async function inGroup<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    if (cause instanceof JetStreamApiError && full.includes(cause.code)) {
      throw new ParleyError(
        'storage_full',
        'JetStream has no room left. Nothing was changed. Give nats-server more room.',
        {
          cause,
        },
      );
    }
    const error = unreachable();
    throw new ParleyError(error.code, error.detail, { retryAfter: 2, cause });
  }
}
