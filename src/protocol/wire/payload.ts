import * as v from 'valibot';
import { limits } from '../limits.ts';
import * as member from './members.ts';
import { isShortText } from './payload-texts.ts';
import {
  type CancelPayload,
  cancelPayload,
  type StreamReadPayload,
  type StreamWritePayload,
  streamHead,
  streamReadPayload,
  streamWritePayload,
} from './stream-payloads.ts';

const shortText = v.pipe(v.string(), v.check(isShortText, 'expected 1 to 128 characters'));
const requestId = shortText;
/** Fresh random bytes, so that equal requests differ inside the ciphertext. */
const payloadNonce = member.bytesBetween(limits.leastPayloadNonce, limits.mostPayloadNonce);

/** The bytes beside a payload: `readPlaintext` has found that they are there (protocol page, section 4.2). */
const attachment = v.optional(v.strictObject({ size: member.counter }));

/** A request (protocol page, section 4). */
const requestPayload = v.strictObject({
  message_type: v.literal('REQUEST'),
  request_id: requestId,
  method: shortText,
  parameters: member.anyJson,
  nonce: payloadNonce,
  /** When it was first sent, in Unix seconds: how long its request_id may be repeated. */
  sent_at: v.optional(member.timestamp),
  attachment,
  /** The body, which follows as STREAM_WRITE. */
  stream: v.optional(streamHead),
});

/** CLOSE (protocol page, section 4). */
const closePayload = v.strictObject({
  message_type: v.literal('CLOSE'),
  request_id: requestId,
  nonce: payloadNonce,
});

/** KEY_UPDATE (protocol page, section 4). */
const keyUpdatePayload = v.strictObject({
  message_type: v.literal('KEY_UPDATE'),
  request_id: requestId,
  key_shares: v.strictObject({ x25519: member.bytesOf(32), ml_kem_768: member.bytesOf(1_184) }),
  nonce: payloadNonce,
});

/** The result of a RESPONSE to KEY_UPDATE (protocol page, section 4). */
const keyUpdateResult = v.strictObject({
  key_shares: v.strictObject({ x25519: member.bytesOf(32), ml_kem_768: member.bytesOf(1_088) }),
});

/** A response (protocol page, section 4). */
const responsePayload = v.variant('status', [
  v.strictObject({
    message_type: v.literal('RESPONSE'),
    request_id: requestId,
    status: v.literal('SUCCESS'),
    result: member.anyJson,
    attachment,
  }),
  /** `result` is what is known at once; the bytes are asked for by STREAM_READ (protocol page, section 4.3). */
  v.strictObject({
    message_type: v.literal('RESPONSE'),
    request_id: requestId,
    status: v.literal('STREAM'),
    result: member.anyJson,
    stream: streamHead,
    attachment,
  }),
  /** The request is under way; repeating it asks for its answer. */
  v.strictObject({
    message_type: v.literal('RESPONSE'),
    request_id: requestId,
    status: v.literal('PENDING'),
    attachment,
  }),
  v.strictObject({
    message_type: v.literal('RESPONSE'),
    request_id: requestId,
    status: v.literal('ERROR'),
    error: member.anyJson,
    attachment,
  }),
]);

/** Everything an envelope can hold. */
export const payload: v.GenericSchema<unknown, Payload> = v.variant('message_type', [
  requestPayload,
  responsePayload,
  closePayload,
  keyUpdatePayload,
  streamReadPayload,
  streamWritePayload,
  cancelPayload,
]);

/** Reads what a RESPONSE to KEY_UPDATE carries; undefined when it is not that. */
export function readKeyUpdateResult(result: unknown): v.InferOutput<typeof keyUpdateResult> | undefined {
  const parsed = v.safeParse(keyUpdateResult, result);
  return parsed.success ? parsed.output : undefined;
}

export type RequestPayload = v.InferOutput<typeof requestPayload>;
export type ClosePayload = v.InferOutput<typeof closePayload>;
export type KeyUpdatePayload = v.InferOutput<typeof keyUpdatePayload>;
export type ResponsePayload = v.InferOutput<typeof responsePayload>;
export type Payload =
  | RequestPayload
  | ResponsePayload
  | ClosePayload
  | KeyUpdatePayload
  | StreamReadPayload
  | StreamWritePayload
  | CancelPayload;
