import * as v from 'valibot';
import { limits } from '../limits.ts';
import * as member from './members.ts';
import { isShortText } from './payload-texts.ts';

/** 32 lowercase hex digits: 16 random bytes of whose bytes the stream has (protocol page, section 4.3). */
export type StreamId = string & v.Brand<'StreamId'>;

/** True for 32 lowercase hex digits. */
export function isStreamId(text: string): text is StreamId {
  return /^[0-9a-f]{32}$/.test(text);
}

const requestId = v.pipe(v.string(), v.check(isShortText, 'expected 1 to 128 characters'));
const nonce = member.bytesBetween(limits.leastPayloadNonce, limits.mostPayloadNonce);
const streamId = v.pipe(v.string(), v.guard(isStreamId, 'expected 32 lowercase hex digits'));
const offset = member.counter;

/** Returns the schema of a text of at most `most` characters, which are not UTF-16 code units. */
const textOf = (most: number) =>
  v.pipe(
    v.string(),
    v.check((text) => text.length <= 2 * most && [...text].length <= most, `expected at most ${most} characters`),
  );
/** Returns the schema of a whole number from 0 to `most`. */
const upTo = (most: number) => v.pipe(offset, v.maxValue(most, `expected at most ${most}`));

/** The member `stream` of a REQUEST or a RESPONSE: what is known of a stream before its first byte. */
export const streamHead = v.strictObject({
  stream_id: streamId,
  media_type: textOf(limits.mediaType),
  size: v.exactOptional(offset),
  /** A display text, never a path. */
  name: v.exactOptional(textOf(limits.streamName)),
  /** Seconds for which the stream is kept without a read or write. */
  keep: v.exactOptional(upTo(limits.streamKept)),
});
export type StreamHead = v.InferOutput<typeof streamHead>;

/** Asks for bytes of a stream (protocol page, section 4.3). */
export const streamReadPayload = v.strictObject({
  message_type: v.literal('STREAM_READ'),
  request_id: requestId,
  stream_id: streamId,
  from: offset,
  max_bytes: upTo(limits.streamPart),
  release: offset,
  wait: upTo(limits.streamWait),
  nonce,
});
export type StreamReadPayload = v.InferOutput<typeof streamReadPayload>;

/** Brings bytes of a stream; the last one says how many there are in all, and what they hash to. */
export const streamWritePayload = v.pipe(
  v.strictObject({
    message_type: v.literal('STREAM_WRITE'),
    request_id: requestId,
    stream_id: streamId,
    from: offset,
    done: v.boolean(),
    size: v.exactOptional(offset),
    hash: v.exactOptional(member.bytesOf(32)),
    nonce,
    attachment: v.strictObject({ size: upTo(limits.streamPart) }),
  }),
  v.check(
    ({ done, size, hash }) => (size !== undefined) === done && (hash !== undefined) === done,
    'expected size and hash exactly with done',
  ),
);
export type StreamWritePayload = v.InferOutput<typeof streamWritePayload>;

/** Ends a request of its sender, and the streams of it. */
export const cancelPayload = v.strictObject({
  message_type: v.literal('CANCEL'),
  request_id: requestId,
  cancels: requestId,
  nonce,
});
export type CancelPayload = v.InferOutput<typeof cancelPayload>;

const readResult = v.pipe(
  v.strictObject({
    from: offset,
    length: upTo(limits.streamPart),
    done: v.boolean(),
    size: v.exactOptional(offset),
    hash: v.exactOptional(member.bytesOf(32)),
  }),
  v.check(({ done, size, hash }) => (size !== undefined) === done && (hash !== undefined) === done),
);
/** The result of a RESPONSE to STREAM_READ. */
export type StreamReadResult = v.InferOutput<typeof readResult>;

/** Reads the result of a RESPONSE to STREAM_READ; undefined when it is not that. */
export function readStreamReadResult(result: unknown): StreamReadResult | undefined {
  const parsed = v.safeParse(readResult, result);
  return parsed.success ? parsed.output : undefined;
}

const writeResult = v.strictObject({ next: offset });

/** Reads the offset that the receiver of a STREAM_WRITE wants next; undefined when its result is not that. */
export function readStreamWriteResult(result: unknown): number | undefined {
  const parsed = v.safeParse(writeResult, result);
  return parsed.success ? parsed.output.next : undefined;
}

const cancelResult = v.strictObject({ cancelled: v.boolean() });

/** Reads whether a CANCEL ended something; undefined when the result is not that. */
export function readCancelResult(result: unknown): boolean | undefined {
  const parsed = v.safeParse(cancelResult, result);
  return parsed.success ? parsed.output.cancelled : undefined;
}
