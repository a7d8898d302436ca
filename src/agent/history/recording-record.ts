import * as v from 'valibot';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { label } from '../../protocol/wire/label.ts';
import type { NoMembers } from '../contracts/no-members.ts';
import type { StoredRecording } from '../contracts/recording-store.ts';
import { duration, errorCode, fourBytes, shortText, toEventV3, traceEventsV3 } from '../contracts/trace-events-v3.ts';
import type { FailureView, SessionView } from '../contracts/views.ts';
import { openJson, type RecordContext, sealJson } from './sealed-exchange.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The plaintext of a stored recording, version 1 (docs/history.md). It is never changed: what comes next is version 2. */
const recordingRecordV1 = v.object({
  role: v.picklist(['client', 'server']),
  status: v.picklist(['HANDSHAKING', 'ESTABLISHED', 'CLOSED', 'EXPIRED', 'FAILED']),
  peerAddress: v.pipe(v.string(), v.maxLength(300)),
  createdAt: count,
  expiresAt: count,
  sent: count,
  received: count,
  epoch: v.exactOptional(count),
  resumes: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
  handshakeMs: v.exactOptional(duration),
  keyFingerprint: v.exactOptional(fourBytes),
  failure: v.exactOptional(v.object({ code: errorCode, title: shortText, detail: shortText })),
  events: traceEventsV3,
});

type RecordingRecordV1 = v.InferOutput<typeof recordingRecordV1>;

/** A session and what this agent recorded of it: public messages, checks, times and fingerprints; no key, no plaintext. */
export interface SessionRecording {
  readonly session: SessionView;
  readonly events: readonly TraceEvent[];
}

/** Seals a recording as the store keeps it. Its place is authenticated with it: at another it does not decrypt. */
export async function sealRecording(context: RecordContext, recording: SessionRecording): Promise<StoredRecording> {
  const place = placeOf(recording.session);
  return { ...place, ...(await sealJson(context, aadOf(context.agentId, place), toRecordingRecordV1(recording))) };
}

/** Opens a stored recording; undefined when it was damaged, altered or moved. */
export async function openRecording(
  context: RecordContext,
  stored: StoredRecording,
): Promise<SessionRecording | undefined> {
  const json = await openJson(context, aadOf(context.agentId, stored), stored);
  const { success, output } = v.safeParse(recordingRecordV1, json);
  if (!success) return undefined;
  const { events, ...session } = output;
  const { sessionId, peerId } = stored;
  return { session: { ...session, sessionId, peerId, unreachable: false }, events };
}

/** What stands beside an encrypted recording. */
export type RecordingPlace = Omit<StoredRecording, 'iv' | 'ciphertext'>;

/** Returns where a session's recording stands. */
export function placeOf({ sessionId, peerId, createdAt, resumes, status }: SessionView): RecordingPlace {
  return { sessionId, peerId, at: createdAt * 1_000, isFull: resumes === undefined && status !== 'FAILED' };
}

function aadOf(agentId: string, { sessionId, peerId, at, isFull }: RecordingPlace): Bytes {
  const place = { agent_id: agentId, peer_id: peerId, session_id: sessionId, at, is_full: isFull };
  return concat(label('history recording'), canonicalBytes(place));
}

function toRecordingRecordV1({ session, events }: SessionRecording): RecordingRecordV1 {
  const {
    sessionId: _id,
    peerId: _peer,
    unreachable: _unreachable,
    isTraceDropped: _dropped,
    isStored: _isStored,
    ...stored
  } = session;
  const { role, status, peerAddress, createdAt, expiresAt, sent, received, ...rest } = stored;
  const { epoch, resumes, handshakeMs, keyFingerprint, failure, ...undecided } = rest;
  undecided satisfies NoMembers;
  return {
    role,
    status,
    peerAddress,
    createdAt,
    expiresAt,
    sent,
    received,
    ...(epoch === undefined ? {} : { epoch }),
    ...(resumes === undefined ? {} : { resumes }),
    ...(handshakeMs === undefined ? {} : { handshakeMs }),
    ...(keyFingerprint === undefined ? {} : { keyFingerprint }),
    ...(failure === undefined ? {} : { failure: toFailureV1(failure) }),
    events: events.map(toEventV3),
  };
}

function toFailureV1({ code, title, detail, ...undecided }: FailureView): NonNullable<RecordingRecordV1['failure']> {
  undecided satisfies NoMembers;
  return { code, title, detail };
}
