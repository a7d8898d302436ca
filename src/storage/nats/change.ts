import { JetStreamApiError } from '@nats-io/jetstream';
import { isError } from '../../protocol/realm.ts';

/** JetStream's codes for a bucket or key that has changed since it was read (JSStreamWrongLastSequence). */
const changedSince: readonly number[] = [10_071, 10_164];

/** True for the error that says that somebody else was faster. */
export function isOutrun(error: unknown): boolean {
  return error instanceof JetStreamApiError && changedSince.includes(error.code);
}

/** Returns the newest revision that such an error names; undefined when it names none. */
export function newestOf(error: unknown): number | undefined {
  const named = isError(error) ? /last sequence: (\d+)/.exec(error.message)?.[1] : undefined;
  return named === undefined ? undefined : Number(named);
}
