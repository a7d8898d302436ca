import * as v from 'valibot';
import type { NoMembers } from '../agent/contracts/no-members.ts';
import {
  bodyText,
  byteCount,
  duration,
  errorCode,
  fourBytes,
  instant,
  recordedEnd,
  shortText,
  toEventV3,
} from '../agent/contracts/trace-events-v3.ts';
import type { FailureView, WireView } from '../agent/contracts/views.ts';
import type { RecordedEnd, RecordedParty, Recording } from './recording.ts';

/** What a trace file calls itself. */
export const traceFormat = 'parley-trace';
/** What is written. Earlier versions are read too: they have fewer names, and no bodies of bytes. */
export const traceVersion = 4;

const id = v.pipe(v.string(), v.maxLength(64));
const sessionId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const unixSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_800));
const base64 = v.pipe(v.string(), v.maxLength(64 * 1_024), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));
const failure = v.strictObject({ code: errorCode, title: shortText, detail: shortText });
const party = v.strictObject({ agentId: id, address: v.pipe(v.string(), v.maxLength(300)) });

const session = v.strictObject({
  sessionId,
  status: v.picklist(['HANDSHAKING', 'ESTABLISHED', 'CLOSED', 'EXPIRED', 'FAILED']),
  createdAt: unixSeconds,
  expiresAt: unixSeconds,
  client: party,
  server: party,
  resumes: v.exactOptional(sessionId),
  handshakeMs: v.exactOptional(duration),
  keyFingerprint: v.exactOptional(fourBytes),
  failure: v.exactOptional(failure),
});

const wireEntry = v.strictObject({
  id,
  at: instant,
  direction: v.picklist(['outgoing', 'incoming']),
  method: v.pipe(v.string(), v.maxLength(16)),
  url: v.pipe(v.string(), v.maxLength(2_000)),
  peerId: v.exactOptional(id),
  sessionId: v.exactOptional(sessionId),
  requestBody: bodyText,
  requestForm: v.exactOptional(v.literal('binary')),
  requestSize: byteCount,
  status: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(100), v.maxValue(599))),
  responseBody: v.exactOptional(bodyText),
  responseForm: v.exactOptional(v.literal('binary')),
  responseSize: v.exactOptional(byteCount),
  durationMs: v.exactOptional(duration),
  failure: v.exactOptional(failure),
});

const traceFile = v.strictObject({
  format: v.literal(traceFormat),
  version: v.picklist([1, 2, 3, traceVersion]),
  /** When the file was written, milliseconds since 1970. */
  writtenAt: instant,
  session,
  ends: v.pipe(v.array(recordedEnd), v.minLength(1), v.maxLength(2)),
  wire: v.pipe(v.array(wireEntry), v.maxLength(10_000)),
  trust: v.exactOptional(v.strictObject({ caCertificate: base64, revocationList: v.exactOptional(base64) })),
});

/** A trace file (docs/trace-format.md). A member or a name that it does not have makes the next version. */
export const traceFileV4 = v.pipe(
  traceFile,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.value.version === traceVersion) return;
    const { wire } = dataset.value;
    const later = wire.find(({ requestForm, responseForm }) => requestForm !== undefined || responseForm !== undefined);
    if (later !== undefined) addIssue({ message: 'expected text bodies before version 4' });
  }),
);

type TraceFileV4 = v.InferOutput<typeof traceFileV4>;
type FailureV4 = v.InferOutput<typeof failure>;

/** Returns what is written of a recording, its members in the order of the file. `writtenAt` is in milliseconds since 1970. */
export function toTraceFileV4(recording: Recording, writtenAt: number): TraceFileV4 {
  // Keys of an earlier session are known to this page alone.
  const { session, ends, wire, trust, formerSigningKeys: _former, ...undecided } = recording;
  undecided satisfies NoMembers;
  return {
    format: traceFormat,
    version: traceVersion,
    writtenAt,
    session: toSessionV4(session),
    ends: ends.map(toEndV4),
    wire: wire.map(toWireV4),
    ...(trust === undefined ? {} : { trust: toTrustV4(trust) }),
  };
}

function toSessionV4(recorded: Recording['session']): TraceFileV4['session'] {
  const { sessionId, status, createdAt, expiresAt, client, server, resumes, handshakeMs, ...rest } = recorded;
  const { keyFingerprint, failure, ...undecided } = rest;
  undecided satisfies NoMembers;
  return {
    sessionId,
    status,
    createdAt,
    expiresAt,
    client: toPartyV4(client),
    server: toPartyV4(server),
    ...(resumes === undefined ? {} : { resumes }),
    ...(handshakeMs === undefined ? {} : { handshakeMs }),
    ...(keyFingerprint === undefined ? {} : { keyFingerprint }),
    ...(failure === undefined ? {} : { failure: toFailureV4(failure) }),
  };
}

function toPartyV4({ agentId, address, ...undecided }: RecordedParty): v.InferOutput<typeof party> {
  undecided satisfies NoMembers;
  return { agentId, address };
}

function toFailureV4({ code, title, detail, ...undecided }: FailureView): FailureV4 {
  undecided satisfies NoMembers;
  return { code, title, detail };
}

function toTrustV4(trust: NonNullable<Recording['trust']>): NonNullable<TraceFileV4['trust']> {
  const { caCertificate, revocationList, ...undecided } = trust;
  undecided satisfies NoMembers;
  return { caCertificate, ...(revocationList === undefined ? {} : { revocationList }) };
}

function toWireV4(entry: WireView): v.InferOutput<typeof wireEntry> {
  // What an envelope asked for is known to its agents alone.
  const {
    id,
    at,
    direction,
    method,
    url,
    peerId,
    sessionId,
    requestId: _requestId,
    carried: _carried,
    ...rest
  } = entry;
  const { requestBody, requestForm, requestSize, status, responseBody, responseForm, ...more } = rest;
  const { responseSize, durationMs, failure, ...undecided } = more;
  undecided satisfies NoMembers;
  return {
    id,
    at,
    direction,
    method,
    url,
    ...(peerId === undefined ? {} : { peerId }),
    ...(sessionId === undefined ? {} : { sessionId }),
    requestBody,
    ...(requestForm === undefined ? {} : { requestForm }),
    requestSize,
    ...(status === undefined ? {} : { status }),
    ...(responseBody === undefined ? {} : { responseBody }),
    ...(responseForm === undefined ? {} : { responseForm }),
    ...(responseSize === undefined ? {} : { responseSize }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(failure === undefined ? {} : { failure: toFailureV4(failure) }),
  };
}

function toEndV4({ role, events, ...undecided }: RecordedEnd): TraceFileV4['ends'][number] {
  undecided satisfies NoMembers;
  return { role, events: events.map(toEventV3) };
}
