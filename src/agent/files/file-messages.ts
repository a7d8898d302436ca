import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { isStreamId } from '../../protocol/wire/stream-payloads.ts';
import type { FileWord } from '../contracts/file-store.ts';
import { blockBytes, mostSize } from './blocks.ts';

/** The methods of Parley itself that files go by. */
export const fileMethods = {
  /** Sender to receiver: there is this file. Answered at once by what the receiver does. */
  offer: 'parley.file.offer',
  /** Receiver to sender: a stream of the bytes from an offset on. */
  read: 'parley.file.read',
  /** Receiver to sender: all of it has come, and hashes to this. Answered by the hash of the sender's own bytes. */
  done: 'parley.file.done',
  /** Either to the other: what was decided later. */
  decision: 'parley.file.decision',
} as const;

const id = v.pipe(v.string(), v.check(isStreamId, 'expected 32 lowercase hex digits'));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(mostSize));
const hash = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/));
const text = v.pipe(v.string(), v.maxLength(4_096));

const offer = v.object({ file: v.object({ id, name: text, media_type: text, size }) });
const answers = ['accepted', 'declined', 'asked'] as const;
const offered = v.object({ decision: v.picklist(answers) });
const read = v.object({
  id,
  from: v.pipe(
    size,
    v.check((from) => from % blockBytes === 0, 'expected a multiple of 1 MiB'),
  ),
});
const done = v.object({ id, size, hash });
const compared = v.object({ hash });
const decisions = ['accepted', 'declined', 'cancelled', 'paused', 'resumed'] as const;
const decision = v.object({ id, decision: v.picklist(decisions) });

/** What a receiver does with an offer. */
export type OfferAnswer = (typeof answers)[number];
/** What is decided of a file after its offer. */
export type Decision = Exclude<FileWord, 'offered'>;

/** Read what peers say of files; each throws `malformed_message` for anything else. */
export const readOffer = (value: JsonValue) => parsed(offer, value, 'malformed_message');
export const readRead = (value: JsonValue) => parsed(read, value, 'malformed_message');
export const readDone = (value: JsonValue) => parsed(done, value, 'malformed_message');
export const readDecision = (value: JsonValue) => parsed(decision, value, 'malformed_message');
/** Read what peers answer about files; each throws `invalid_answer` for anything else. */
export const readOffered = (value: JsonValue) => parsed(offered, value, 'invalid_answer').decision;
export const readCompared = (value: JsonValue) => parsed(compared, value, 'invalid_answer').hash;

function parsed<T>(
  schema: v.GenericSchema<unknown, T>,
  value: JsonValue,
  code: 'malformed_message' | 'invalid_answer',
): T {
  const found = v.safeParse(schema, value);
  if (found.success) return found.output;
  throw new ParleyError(code, 'What was said of a file cannot be read.');
}
