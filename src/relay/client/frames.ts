import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isBuffer } from '../../protocol/realm.ts';
import { parseJson } from '../../protocol/wire/json.ts';

/** Bytes that the header of a frame may have. */
const headerLimit = 64 * 1024;
/** A header is an object with a list of pairs, or of events, at most. */
const frameShape = { depth: 3 };
/** Bytes before the header: its length, big-endian. */
const prefix = 4;

/**
 * WebSocket subprotocols (RFC 6455, section 1.9) that an agent offers. A relay that knows the second carries bodies in parts,
 * and the Controller's events; one of before takes the first that is offered.
 */
export const subprotocols = ['parley-relay.1', 'parley-relay.2'] as const;
/** The subprotocol with parts and events. */
export const withParts = 'parley-relay.2';
/** Events that one frame carries, and groups that one notice names. */
export const eventsPerFrame = 400;
const groupsPerNotice = 400;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const headers = v.pipe(v.array(v.strictTuple([v.string(), v.string()])), v.maxLength(64));
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const groupId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const text = v.pipe(v.string(), v.maxLength(1_024));

/** True when more parts of the body follow. */
const more = v.optional(v.boolean());
const part = v.strictObject({ type: v.literal('part'), id, more: v.boolean() });
const taken = v.strictObject({ type: v.literal('taken'), bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

const fromRelay = v.variant('type', [
  v.strictObject({ type: v.literal('challenge'), connection: text, nonce: text }),
  v.strictObject({ type: v.literal('welcome'), heartbeat_ms: v.pipe(v.number(), v.minValue(1)) }),
  v.strictObject({ type: v.literal('refused'), code: text, detail: text }),
  v.strictObject({ type: v.literal('replaced') }),
  v.strictObject({ type: v.literal('leaving') }),
  v.strictObject({ type: v.literal('ping') }),
  v.strictObject({ type: v.literal('request'), id, method: text, path: text, headers, has_body: v.boolean(), more }),
  part,
  taken,
  v.strictObject({
    type: v.literal('events'),
    events: v.pipe(v.array(v.strictObject({ event: text, agent_id: text })), v.maxLength(eventsPerFrame)),
  }),
  v.strictObject({
    type: v.literal('notice'),
    inbox: index,
    groups: v.pipe(v.array(v.strictTuple([groupId, index])), v.maxLength(groupsPerNotice)),
  }),
  v.strictObject({ type: v.literal('cancel'), id }),
]);
const toRelay = v.variant('type', [
  v.strictObject({ type: v.literal('prove'), agent_id: text, signature: text }),
  v.strictObject({ type: v.literal('pong') }),
  v.strictObject({
    type: v.literal('answer'),
    id,
    status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
    headers,
    more,
  }),
  part,
  taken,
]);

/** What a relay sends to an agent. */
export type FromRelay = v.InferOutput<typeof fromRelay>;
/** What an agent sends to its relay. */
export type ToRelay = v.InferOutput<typeof toRelay>;

/** What carries a further part of a body, in both directions. */
export type PartHeader = v.InferOutput<typeof part>;

/** A frame: a header, and the body of the request or answer that it carries. */
export interface Frame<Header> {
  readonly header: Header;
  readonly body: Bytes;
}

/** Bytes of a body from which on a copy costs more than a second fragment. */
const leastFragment = 8 * 1024;
const encoder = new TextEncoder();
const empty = new Uint8Array(0);

/** Encodes one binary WebSocket message: four bytes of header length, the header as JSON, the body. */
export function encodeFrame(header: FromRelay | ToRelay, body: Uint8Array = empty): Bytes {
  const json = encoder.encode(JSON.stringify(header));
  const frame = new Uint8Array(prefix + json.length + body.length);
  new DataView(frame.buffer).setUint32(0, json.length);
  frame.set(json, prefix);
  frame.set(body, prefix + json.length);
  return frame;
}

/** The part of a WebSocket of the package `ws` that writes. */
interface Writing {
  send(data: Uint8Array, options: { binary: true; fin: boolean }, written?: () => void): void;
}

/**
 * Sends what `encodeFrame` encodes as one message of two fragments (RFC 6455, section 5.4), so that a large body is written from where it
 * lies and not copied. `written` is called once the socket has taken all of it.
 */
export function sendFrame(socket: Writing, header: FromRelay | ToRelay, body: Uint8Array, written: () => void): void {
  if (body.length < leastFragment) {
    socket.send(encodeFrame(header, body), { binary: true, fin: true }, written);
    return;
  }
  socket.send(encodeFrame(header), { binary: true, fin: false });
  socket.send(body, { binary: true, fin: true }, written);
}

/** Decodes a frame of a relay. Throws `malformed_message` for anything else. */
export function decodeFromRelay(data: unknown): Frame<FromRelay> {
  return decode(fromRelay, data);
}

/** Decodes a frame of an agent. Throws `malformed_message` for anything else. */
export function decodeToRelay(data: unknown): Frame<ToRelay> {
  return decode(toRelay, data);
}

function decode<const Schema extends v.GenericSchema>(schema: Schema, data: unknown): Frame<v.InferOutput<Schema>> {
  try {
    if (!isBuffer(data)) throw new TypeError('text');
    const bytes = new Uint8Array(data);
    const length = new DataView(data).getUint32(0);
    if (length > headerLimit || prefix + length > bytes.length) throw new RangeError('length');
    const header = v.parse(schema, parseJson(bytes.subarray(prefix, prefix + length), headerLimit, frameShape));
    return { header, body: bytes.subarray(prefix + length) };
  } catch (cause) {
    throw new ParleyError('malformed_message', 'This is not a frame of a Parley relay.', { cause });
  }
}
