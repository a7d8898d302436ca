import * as v from 'valibot';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { parseJson } from '../protocol/wire/json.ts';
import type { RecordedEnd, RecordedParty, Recording } from './recording.ts';
import { toTraceFileV4, traceFileV4, traceFormat, traceVersion } from './trace-file-v4.ts';

/** Bytes a trace file may have. */
const largest = 32 * 1_024 * 1_024;
/**
 * Levels, names and values that a file of the format has at most: five levels, two ends of 2,000 events of 8 members, 10,000 exchanges
 * of 17 members and a failure. Its texts and numbers are bounded by the schema.
 */
const shape = { depth: 8, tokens: 600_000, anyLeaf: true } as const;
/** A recording as a file has it, and when it was written, in milliseconds since 1970. */
export interface SavedRecording {
  readonly writtenAt: number;
  readonly recording: Recording;
}

/** Returns the text of a trace file. Only what the format names is written: see `docs/trace-format.md`. */
export function writeTraceFile(recording: Recording, writtenAt: number): string {
  return `${JSON.stringify(toTraceFileV4(recording, writtenAt), null, 2)}\n`;
}

/**
 * Reads a trace file without trusting it. Throws `invalid_input` with a sentence that says what is wrong and where, and
 * what to do.
 */
export function readTraceFile(bytes: Uint8Array): SavedRecording {
  if (bytes.length === 0) throw refused('The file is empty. Export the trace again.');
  requireTraceSize(bytes.length);
  const json = parsed(bytes);
  if (typeof json !== 'object' || json === null || !('format' in json) || json.format !== traceFormat) {
    throw refused('This is not a Parley trace. Choose a file that “Export trace” has written.');
  }
  if ('version' in json && typeof json.version === 'number' && json.version > traceVersion) {
    throw refused(`This trace is of version ${json.version}; this page reads version ${traceVersion}. Update Parley.`);
  }
  const result = v.safeParse(traceFileV4, json);
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

/** Returns the name of the file that a recording is saved under. */
export function traceFileName({ session }: Recording, writtenAt: number): string {
  return `parley-trace-${session.sessionId.slice(0, 8)}-${new Date(writtenAt).toISOString().slice(0, 10)}.json`;
}
