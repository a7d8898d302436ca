import * as v from 'valibot';
import type { Bytes, KeyId, Nonce, ResumptionId } from '../bytes.ts';
import { isAgentId, isSessionId } from '../ids.ts';
import { decodeBase64 } from './base64.ts';
import type { JsonObject, JsonValue } from './json.ts';

export const agentId = v.pipe(v.string(), v.guard(isAgentId, 'expected an agent_id'));
export const sessionId = v.pipe(v.string(), v.guard(isSessionId, 'expected 32 lowercase hex digits'));

/** Whole Unix seconds, of what a check of freshness or a signature decides about. */
export const timestamp = v.pipe(v.number(), v.safeInteger('expected whole seconds'), v.minValue(0));
/** Whole Unix seconds that are shown: what is beyond is no time to a Date (ECMA-262), and throws there. */
export const moment = v.pipe(timestamp, v.maxValue(8.64e12, 'expected a time'));
/** A count from 0: sequence and epoch numbers. */
export const counter = v.pipe(v.number(), v.safeInteger('expected a whole number'), v.minValue(0));

/** Returns the schema of base64 of between `least` and `most` bytes. */
export function bytesBetween(least: number, most: number) {
  const expected = `expected ${least === most ? least : `${least} to ${most}`} bytes`;
  return v.pipe(
    v.string(),
    // What is too long is not decoded.
    v.check((text) => text.length <= 4 * Math.ceil(most / 3), expected),
    v.transform(decodedOrNothing),
    v.guard(isBytes, 'expected canonical base64'),
    v.check((bytes) => bytes.length >= least && bytes.length <= most, expected),
  );
}

function decodedOrNothing(text: string): Bytes | undefined {
  try {
    return decodeBase64(text);
  } catch {
    return undefined;
  }
}

function isBytes(bytes: Bytes | undefined): bytes is Bytes {
  return bytes !== undefined;
}

/** Returns the schema of base64 of exactly `length` bytes. */
export function bytesOf(length: number) {
  return bytesBetween(length, length);
}

function isNonce(bytes: Bytes): bytes is Nonce {
  return bytes.length === 32;
}
function isKeyId(bytes: Bytes): bytes is KeyId {
  return bytes.length === 32;
}
/** Any JSON value, of what was parsed as JSON. */
export const anyJson = v.custom<JsonValue>((value) => value !== undefined);

/** An object whose unknown members are ignored, and signed like the rest (protocol page, section 1). */
export const extensions = v.optional(
  v.custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected an object',
  ),
);

/** True for 16 bytes. */
export function isResumptionId(bytes: Bytes): bytes is ResumptionId {
  return bytes.length === 16;
}

export const nonce = v.pipe(bytesOf(32), v.guard(isNonce));
export const keyId = v.pipe(bytesOf(32), v.guard(isKeyId));
export const resumptionId = v.pipe(bytesOf(16), v.guard(isResumptionId));

/** An RSA value of a key of 2048 to 4096 bits. */
export const rsaBytes = bytesBetween(256, 512);

/** `{iv, ciphertext, tag}` of AES-256-GCM over exactly 32 bytes. */
export const challenge = v.strictObject({ iv: bytesOf(12), ciphertext: bytesOf(32), tag: bytesOf(16) });

/** A certificate pair as it travels: DER of at most 8 KiB each. */
export const certificatePair = v.strictObject({
  signing: bytesBetween(1, 8_192),
  encryption: bytesBetween(1, 8_192),
});
