import type { Bytes } from '../bytes.ts';

const encoder = new TextEncoder();
const labels = new Map<string, Bytes>();

/** Every context the protocol separates by a label (protocol page, sections 3 to 6; groups page), the relay's proof, and what never travels: fingerprints, and what is kept at rest. */
export type LabelText =
  | 'transcript'
  | 'client hello'
  | 'server hello'
  | 'client confirm'
  | 'session established'
  | 'challenge'
  | 'challenge response'
  | 'client handshake key'
  | 'server handshake key'
  | 'client key'
  | 'server key'
  | 'client iv'
  | 'server iv'
  | 'hmac key'
  | 'resumption'
  | 'update'
  | 'exporter'
  | 'handshake fingerprints'
  | 'session fingerprints'
  | 'safety number'
  | 'message'
  | 'message signature'
  | 'update mix'
  | 'resumption id'
  | 'resume hello'
  | 'resume accept'
  | 'resume mix'
  | 'register'
  | 'registration'
  | 'revoke'
  | 'relay'
  | 'group leaf'
  | 'group log'
  | 'group authenticator'
  | 'delivery token'
  | 'history record'
  | 'history recording'
  | 'history tag'
  | 'search token'
  | 'audit entry'
  | 'audit checkpoint'
  | 'audit head'
  | 'audit opening'
  | 'archive record'
  | 'group row';

/**
 * Returns `label(s)`: the UTF-8 of `parley/1 ` + s, then one zero byte (protocol page, section 1). Not to be written
 * to.
 */
export function label(text: LabelText): Bytes {
  let bytes = labels.get(text);
  if (bytes === undefined) {
    bytes = encoder.encode(`parley/1 ${text}\0`);
    labels.set(text, bytes);
  }
  return bytes;
}
