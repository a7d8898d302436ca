import type { FailureView } from '../../agent/contracts/views.ts';
import { asParleyError } from '../../protocol/errors.ts';

/** Returns what a person is told of anything that was thrown. */
export function failureOf(cause: unknown): FailureView {
  const { code, title, detail } = asParleyError(cause);
  return { code, title, detail };
}
