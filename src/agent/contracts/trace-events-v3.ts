import * as v from 'valibot';
import { isErrorCode } from '../../protocol/errors.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import type { NoMembers } from './no-members.ts';
import { checkNames, messageNames, operationNames, secretNames, transcriptNames } from './trace-names.ts';

/** Milliseconds since 1970, with fractions: up to the year 9999. */
export const instant = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(253_402_300_800_000));
/** A duration in milliseconds: up to a day. */
export const duration = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(86_400_000));
export const shortText = v.pipe(v.string(), v.maxLength(2_000));
/** A body as it travelled; a handshake's is 32 KiB at most. */
export const bodyText = v.pipe(v.string(), v.maxLength(65_536));
export const byteCount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const errorCode = v.custom<Extract<TraceEvent, { kind: 'failed' }>['code']>(
  isErrorCode,
  'an unknown error code',
);
/** Four bytes of a fingerprint, as `9c:41:7f:02`. */
export const fourBytes = v.pipe(v.string(), v.regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){3}$/));
const unixSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_800));

const passedCheck = v.strictObject({
  kind: v.literal('check'),
  at: instant,
  of: v.picklist(messageNames),
  check: v.picklist(checkNames),
  duration,
  outcome: v.literal('passed'),
  note: v.exactOptional(shortText),
});

const failedCheck = v.strictObject({
  kind: v.literal('check'),
  at: instant,
  of: v.picklist(messageNames),
  check: v.picklist(checkNames),
  duration,
  outcome: v.literal('failed'),
  code: errorCode,
  detail: shortText,
});

/** Version 3 of a trace event, as it comes from another tab, a file or a store: closed objects, known names, bounded texts and numbers. */
const traceEvent = v.variant('kind', [
  v.strictObject({
    kind: v.literal('message'),
    at: instant,
    direction: v.picklist(['sent', 'received']),
    message: v.picklist(messageNames),
    body: bodyText,
    size: byteCount,
  }),
  v.variant('outcome', [passedCheck, failedCheck]),
  v.strictObject({
    kind: v.literal('operation'),
    at: instant,
    operation: v.picklist(operationNames),
    duration,
    note: v.exactOptional(shortText),
  }),
  v.strictObject({
    kind: v.literal('transcript'),
    at: instant,
    name: v.picklist(transcriptNames),
    hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  }),
  v.strictObject({
    kind: v.literal('fingerprint'),
    at: instant,
    of: v.picklist(secretNames),
    fingerprint: fourBytes,
  }),
  v.strictObject({
    kind: v.literal('established'),
    at: instant,
    keyFingerprint: fourBytes,
    expiresAt: unixSeconds,
  }),
  v.strictObject({
    kind: v.literal('epoch'),
    at: instant,
    number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    by: v.picklist(['self', 'peer']),
    keyFingerprint: fourBytes,
  }),
  v.strictObject({ kind: v.literal('failed'), at: instant, code: errorCode, detail: shortText }),
]);

/** The events of one end, version 3. It is never changed: another name or member makes version 4. */
export const traceEventsV3 = v.pipe(v.array(traceEvent), v.maxLength(2_000));

/** One end of a session. */
export const recordedEnd = v.strictObject({ role: v.picklist(['client', 'server']), events: traceEventsV3 });

type EventV3 = v.InferOutput<typeof traceEvent>;

/** Returns what is written of an event. */
export function toEventV3(event: TraceEvent): EventV3 {
  switch (event.kind) {
    case 'message': {
      const { kind, at, direction, message, body, size, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, direction, message, body, size };
    }
    case 'check':
      return toCheckV3(event);
    case 'operation': {
      const { kind, at, operation, duration, note, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, operation, duration, ...(note === undefined ? {} : { note }) };
    }
    case 'transcript': {
      const { kind, at, name, hash, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, name, hash };
    }
    case 'fingerprint': {
      const { kind, at, of, fingerprint, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, of, fingerprint };
    }
    case 'established': {
      const { kind, at, keyFingerprint, expiresAt, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, keyFingerprint, expiresAt };
    }
    case 'epoch': {
      const { kind, at, number, by, keyFingerprint, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, number, by, keyFingerprint };
    }
    case 'failed': {
      const { kind, at, code, detail, ...undecided } = event;
      undecided satisfies NoMembers;
      return { kind, at, code, detail };
    }
  }
}

function toCheckV3(event: Extract<TraceEvent, { readonly kind: 'check' }>): EventV3 {
  if (event.outcome === 'failed') {
    const { kind, at, of, check, duration, outcome, code, detail, ...undecided } = event;
    undecided satisfies NoMembers;
    return { kind, at, of, check, duration, outcome, code, detail };
  }
  const { kind, at, of, check, duration, outcome, note, ...undecided } = event;
  undecided satisfies NoMembers;
  return { kind, at, of, check, duration, outcome, ...(note === undefined ? {} : { note }) };
}
