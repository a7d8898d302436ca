import type { ErrorCode } from '../../../protocol/errors.ts';
import type { CheckName, MessageName, OperationName, TraceEvent } from '../../../protocol/trace/events.ts';

/** A check or an operation, as it was recorded. Durations in milliseconds. */
export type WorkStep =
  | {
      readonly kind: 'check';
      readonly of: MessageName;
      readonly check: CheckName;
      readonly duration: number;
      readonly note?: string;
      readonly refusal?: { readonly code: ErrorCode; readonly detail: string };
    }
  | {
      readonly kind: 'operation';
      readonly operation: OperationName;
      readonly duration: number;
      readonly note?: string;
    };

/** Returns the step that an event records; undefined for events that are no work. */
export function stepOf(event: TraceEvent): WorkStep | undefined {
  if (event.kind === 'operation') {
    const { operation, duration, note } = event;
    return { kind: 'operation', operation, duration, ...(note === undefined ? {} : { note }) };
  }
  if (event.kind !== 'check') return undefined;
  const { of, check, duration } = event;
  if (event.outcome === 'failed') {
    return { kind: 'check', of, check, duration, refusal: { code: event.code, detail: event.detail } };
  }
  return { kind: 'check', of, check, duration, ...(event.note === undefined ? {} : { note: event.note }) };
}

/**
 * Returns the time that steps took, in milliseconds. In a trace before version 3 a `key_exchange` check contains its operations and
 * counts once; from version 3 on it follows them.
 */
export function totalDuration(steps: readonly WorkStep[]): number {
  const parts = steps.filter((step) => step.kind === 'operation' && partsOfKeyExchange.has(step.operation));
  const whole = steps.find((step) => step.kind === 'check' && step.check === 'key_exchange');
  const isWithin = whole !== undefined && whole.duration >= sumOf(parts);
  return sumOf(isWithin ? steps.filter((step) => !parts.includes(step)) : steps);
}

const sumOf = (steps: readonly WorkStep[]) => steps.reduce((sum, { duration }) => sum + duration, 0);

/** The operations of a key exchange, whose outcome is the `key_exchange` check. */
export const partsOfKeyExchange: ReadonlySet<OperationName> = new Set([
  'open_session_key',
  'agree_x25519',
  'encapsulate',
  'decapsulate',
]);
