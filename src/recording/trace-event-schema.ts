import * as v from 'valibot';
import { isErrorCode } from '../protocol/errors.ts';
import type { TraceEvent } from '../protocol/trace/events.ts';
import { checkNames, messageNames, operationNames, secretNames, transcriptNames } from './names.ts';

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
const fourBytes = v.pipe(v.string(), v.regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){3}$/));
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

/** A trace event as it comes from another tab or a file: closed objects, known names, bounded texts and numbers. */
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

/** One end of a session. */
export const recordedEnd = v.strictObject({
  role: v.picklist(['client', 'server']),
  events: v.pipe(v.array(traceEvent), v.maxLength(2_000)),
});
