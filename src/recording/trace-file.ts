import * as v from 'valibot';
import type { WireView } from '../agent/contracts/views.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { parseJson } from '../protocol/wire/json.ts';
import type { RecordedEnd, RecordedParty, Recording } from './recording.ts';
import { bodyText, byteCount, duration, errorCode, instant, recordedEnd, shortText } from './trace-event-schema.ts';

/** Bytes a trace file may have. */
const largest = 32 * 1_024 * 1_024;
/**
 * Levels, names and values that a file of the format has at most: five levels, two ends of 2,000 events of 8 members, 10,000 exchanges
 * of 17 members and a failure. Its texts and numbers are bounded by the schema.
 */
const shape = { depth: 8, tokens: 600_000, anyLeaf: true } as const;
const format = 'parley-trace';
/** What is written. Earlier versions are read too: they have fewer names. */
const version = 3;

const id = v.pipe(v.string(), v.maxLength(64));
const sessionId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const unixSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_800));
const base64 = v.pipe(v.string(), v.maxLength(64 * 1_024), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));
const failure = v.strictObject({ code: errorCode, title: shortText, detail: shortText });
const party = v.strictObject({ agentId: id, address: v.pipe(v.string(), v.maxLength(300)) });

const wireEntry = v.strictObject({
  id,
  at: instant,
  direction: v.picklist(['outgoing', 'incoming']),
  method: v.pipe(v.string(), v.maxLength(16)),
  url: v.pipe(v.string(), v.maxLength(2_000)),
  peerId: v.exactOptional(id),
  sessionId: v.exactOptional(sessionId),
  requestBody: bodyText,
  requestSize: byteCount,
  status: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(100), v.maxValue(599))),
  responseBody: v.exactOptional(bodyText),
  responseSize: v.exactOptional(byteCount),
  durationMs: v.exactOptional(duration),
  failure: v.exactOptional(failure),
});

const traceFile = v.strictObject({
  format: v.literal(format),
  version: v.picklist([1, 2, version]),
  /** When the file was written, milliseconds since 1970. */
  writtenAt: instant,
  session: v.strictObject({
    sessionId,
    status: v.picklist(['HANDSHAKING', 'ESTABLISHED', 'CLOSED', 'EXPIRED', 'FAILED']),
    createdAt: unixSeconds,
    expiresAt: unixSeconds,
    client: party,
    server: party,
    resumes: v.exactOptional(sessionId),
    handshakeMs: v.exactOptional(duration),
    keyFingerprint: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){3}$/))),
    failure: v.exactOptional(failure),
  }),
  ends: v.pipe(v.array(recordedEnd), v.minLength(1), v.maxLength(2)),
  wire: v.pipe(v.array(wireEntry), v.maxLength(10_000)),
  trust: v.exactOptional(v.strictObject({ caCertificate: base64, revocationList: v.exactOptional(base64) })),
});

/** A recording as a file has it, and when it was written, in milliseconds since 1970. */
export interface SavedRecording {
  readonly writtenAt: number;
  readonly recording: Recording;
}

/** The text of a trace file. Only what the format names is written: see `docs/trace-format.md`. */
export function writeTraceFile({ session, ends, wire, trust }: Recording, writtenAt: number): string {
  const file = {
    format,
    version,
    writtenAt,
    session: copied(session, [
      'sessionId',
      'status',
      'createdAt',
      'expiresAt',
      'client',
      'server',
      'resumes',
      'handshakeMs',
      'keyFingerprint',
      'failure',
    ]),
    ends: ends.map(({ role, events }: RecordedEnd) => ({ role, events })),
    wire: wire.map((entry: WireView) =>
      copied(entry, [
        'id',
        'at',
        'direction',
        'method',
        'url',
        'peerId',
        'sessionId',
        'requestBody',
        'requestSize',
        'status',
        'responseBody',
        'responseSize',
        'durationMs',
        'failure',
      ]),
    ),
    ...(trust === undefined ? {} : { trust }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function copied<T extends object, Name extends keyof T>(from: T, names: readonly Name[]): Partial<Pick<T, Name>> {
  const copy: Partial<Pick<T, Name>> = {};
  for (const name of names) if (from[name] !== undefined) copy[name] = from[name];
  return copy;
}

/**
 * Reads a trace file without trusting it. Throws `invalid_input` with a sentence that says what is wrong and where, and
 * what to do.
 */
export function readTraceFile(bytes: Uint8Array): SavedRecording {
  if (bytes.length === 0) throw refused('The file is empty. Export the trace again.');
  requireTraceSize(bytes.length);
  const json = parsed(bytes);
  if (typeof json !== 'object' || json === null || !('format' in json) || json.format !== format) {
    throw refused('This is not a Parley trace. Choose a file that “Export trace” has written.');
  }
  if ('version' in json && typeof json.version === 'number' && json.version > version) {
    throw refused(`This trace is of version ${json.version}; this page reads version ${version}. Update Parley.`);
  }
  const result = v.safeParse(traceFile, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw refused(`The trace is damaged at ${v.getDotPath(issue) ?? 'its root'}. Export it again.`);
  }
  const { writtenAt, session, ends, wire, trust } = result.output;
  checkConsistent(session, ends);
  return { writtenAt, recording: { session, ends, wire, ...(trust === undefined ? {} : { trust }) } };
}

function checkConsistent(
  { client, server }: { readonly client: RecordedParty; readonly server: RecordedParty },
  ends: readonly RecordedEnd[],
): void {
  if (ends[0]?.role === ends[1]?.role) throw refused('The trace is damaged: both of its ends are the same side.');
  if (client.agentId === server.agentId) throw refused('The trace is damaged: both of its agents are the same.');
}

/** Throws `invalid_input` for a file of more bytes than a trace has: it need not be read for that. */
export function requireTraceSize(bytes: number): void {
  if (bytes > largest) throw refused('The file is larger than 32 MiB: no trace is. Choose another file.');
}

/** Returns the value of a stranger's JSON; its depth, size and names are looked at before a value is built. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, largest, shape);
  } catch (cause) {
    const [, fault] = /^The JSON is refused: (.+)\.$/.exec(asParleyError(cause).detail) ?? [];
    throw refused(
      fault === undefined
        ? 'This is not a JSON file, or it was cut short. Choose a file that “Export trace” has written.'
        : `This is no trace that Parley has written: ${fault}. Choose another file.`,
    );
  }
}

function refused(detail: string): ParleyError {
  return new ParleyError('invalid_input', detail);
}

/** The name of the file that a recording is saved under. */
export function traceFileName({ session }: Recording, writtenAt: number): string {
  return `parley-trace-${session.sessionId.slice(0, 8)}-${new Date(writtenAt).toISOString().slice(0, 10)}.json`;
}
